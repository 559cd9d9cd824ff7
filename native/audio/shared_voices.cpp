#include "audio/shared_voices.hpp"

#include <algorithm>
#include <cmath>

#include "audio/level.hpp"

namespace cms::audio {
namespace {

// What two G.722 encoders of the same sound differ by is some 25 dB below it.
constexpr float kPauseDbov = -50.0F;

// A step of the gain below a tenth of a decibel is not heard.
constexpr float kSameGain = 0.01F;

}  // namespace

void SharedVoices::begin() {
    wishes_.clear();
    for (const auto& voice : voices_) voice->wanting = voice->listeners = 0;
}

void SharedVoices::leave(Ear& ear, AudioSender& own) {
    if (!ear.voice) return;
    // Another codec or packet time was negotiated: the peer begins with that one anew.
    const VoiceKey& key = ear.voice->key;
    if (key.codec == own.codec() && key.settings.packet_time_ms == own.packet_ms())
        own.continue_from(ear.voice->sender);
    ear.limiter = ear.voice->limiter;
    ear.voice.reset();
}

void SharedVoices::stay_away(Ear& ear, AudioSender& own) {
    leave(ear, own);
    ear.stays_ticks = own.codec() == Codec::pcmu || own.codec() == Codec::pcma ? 0 : kStayTicks;
}

void SharedVoices::want(Ear& ear, AudioSender& own, const VoiceKey& key) {
    if (ear.voice && ear.voice->key != key) leave(ear, own);
    if (ear.stays_ticks > 0) --ear.stays_ticks;
    if (!key.shareable() || ear.stays_ticks > 0) return;
    const auto voice = ear.voice ? ear.voice : voice_of(key);
    ++voice->wanting;
    if (ear.voice)
        ++voice->listeners;
    else
        wishes_.push_back({&ear, &own, voice.get(), std::abs(ear.limiter.gain() - voice->limiter.gain()) < kSameGain});
}

std::shared_ptr<SharedVoice> SharedVoices::voice_of(const VoiceKey& key) {
    const auto found = std::ranges::find(voices_, key, [](const auto& voice) { return voice->key; });
    if (found != voices_.end()) return *found;
    voices_.push_back(std::make_shared<SharedVoice>(key));
    return voices_.back();
}

void SharedVoices::join(const Wish& wish) {
    ++wish.voice->listeners;
    wish.ear->voice = *std::ranges::find(voices_, wish.voice, &std::shared_ptr<SharedVoice>::get);
}

// G.722 waits for a pause.
bool SharedVoices::suits(const SharedVoice& voice) {
    return voice.key.codec != Codec::g722 || rms_dbov(voice.said.view()) < kPauseDbov;
}

void SharedVoices::settle(const RoomMixer& mixer) {
    for (const Wish& wish : wishes_) {
        if (wish.voice->listeners > 0 || wish.voice->wanting < kLeastListeners) continue;
        // Nobody listened: the voice goes on where the first who comes is.
        wish.voice->sender.continue_from(*wish.own);
        wish.voice->limiter = wish.ear->limiter;
        join(wish);
    }
    for (const auto& voice : voices_) {
        if (voice->listeners == 0) continue;
        voice->silent = !mixer.listen(voice->said.rate, nullptr, nullptr, voice->limiter, voice->said.samples.data());
    }
    for (const Wish& wish : wishes_) {
        if (wish.ear->voice || wish.voice->listeners == 0 || !wish.fits || !suits(*wish.voice)) continue;
        wish.voice->sender.begin_anew();
        join(wish);
    }
}

void SharedVoices::tidy() {
    std::erase_if(voices_, [](const auto& voice) { return voice.use_count() == 1; });
}

}  // namespace cms::audio
