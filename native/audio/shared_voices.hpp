// One encode for all listeners of a room who hear the same: who shares it, and how a listener comes and goes unheard.
//
//   begin -> leave | want, for each listener -> settle: mix what all hear, let in who may come in -> one encode per voice
//
// A listener who talks, hears a prompt or may not be sent to has an encoder of its own. It leaves with a copy of the shared
// one's state, so its peer's decoder notices nothing. To come back it waits for a moment that suits the codec: G.711 has no
// state, so any; Opus begins anew, with one packet that nothing before it is needed for; G.722 has no such packet, and
// waits for a pause, in which what two encoders differ by is not heard. After it talked it waits a while, as it may go on.
//
// Packets of 10 and 20 ms are shared. Longer ones would have to be in phase as well, and few ask for them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "audio/mixer.hpp"
#include "audio/room_mixer.hpp"
#include "audio/sender.hpp"

namespace cms::audio {

// Who has the same may share.
struct VoiceKey {
    Codec codec = Codec::pcmu;
    EncoderSettings settings;

    bool operator==(const VoiceKey&) const = default;
    bool shareable() const { return settings.packet_time_ms <= kTickMs; }
};

// What a room says to all who only listen, in one codec and setting.
struct SharedVoice {
    explicit SharedVoice(const VoiceKey& what)
        : key(what), sender(what.codec, what.settings), said{codec_rate(what.codec), {}} {}

    VoiceKey key;
    AudioSender sender;
    Limiter limiter;
    Sound said;           // of this tick
    bool silent = false;  // all zero
    int listeners = 0;    // before this tick
    int wanting = 0;      // in this tick, those who listen included
};

// A listener's part in it.
struct Ear {
    std::shared_ptr<SharedVoice> voice;  // nullptr: its own encoder speaks to it
    Limiter limiter;                     // of what is mixed for it alone
    int stays_ticks = 0;                 // until it may share again
};

class SharedVoices {
public:
    // As long as somebody talks in turns, with words' pauses between: then the encoder is not changed at every word.
    static constexpr int kStayTicks = 3000 / kTickMs;
    // A single listener gains nothing.
    static constexpr int kLeastListeners = 2;

    // A new tick.
    void begin();

    // In this tick the listener is spoken to by its own encoder, `own`, or not at all.
    static void leave(Ear& ear, AudioSender& own);
    // The same, and for a while: it has a sound of its own.
    static void stay_away(Ear& ear, AudioSender& own);
    // It hears what all hear.
    void want(Ear& ear, AudioSender& own, const VoiceKey& key);

    // After the last want: who has a voice now listens to `said` of it.
    void settle(const RoomMixer& mixer);

    // Those with listeners are to be encoded.
    const std::vector<std::shared_ptr<SharedVoice>>& voices() const { return voices_; }

    // Forgets those that nobody listens to.
    void tidy();

private:
    struct Wish {
        Ear* ear;
        AudioSender* own;
        SharedVoice* voice;
        bool fits;  // its limiter is where the voice's is
    };

    std::shared_ptr<SharedVoice> voice_of(const VoiceKey& key);
    void join(const Wish& wish);
    static bool suits(const SharedVoice& voice);

    std::vector<std::shared_ptr<SharedVoice>> voices_;
    std::vector<Wish> wishes_;
};

}  // namespace cms::audio
