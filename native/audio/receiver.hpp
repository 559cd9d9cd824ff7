// One stream of received audio, from RTP payloads to 20 ms per tick at the rate of the codec that comes.
//
// packet -> jitter buffer -> decoder of its payload type (or concealment) -> sound waiting -> stretched a little -> tick
//
// The jitter buffer counts in 48 kHz samples; what waits here is at the codec's own rate, and converted when that changes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "audio/block.hpp"
#include "audio/codec.hpp"
#include "audio/jitter_buffer.hpp"
#include "audio/quiet_gate.hpp"
#include "audio/stretch.hpp"

namespace cms::audio {

struct ReceiveFormat {
    std::uint8_t payload_type = 0;
    Codec codec = Codec::pcmu;
};

struct ReceivedPayload {
    std::int64_t sequence = 0;  // unwrapped by the caller
    std::uint32_t rtp_timestamp = 0;
    std::uint8_t payload_type = 0;
    double arrival_s = 0;
    std::span<const std::uint8_t> payload;
    bool quiet = false;  // its sender says that there is nothing to hear in it
};

enum class Received : std::uint8_t { accepted, late, duplicate, suspect, malformed, unknown_payload_type };

enum class BlockKind : std::uint8_t {
    silent,     // a pause or nothing yet: need not be mixed
    concealed,  // at least a part of it is made up
    real,
};

// One tick. The samples, none when it is silent, are the receiver's and valid until its next tick.
struct Heard {
    BlockKind kind = BlockKind::silent;
    Rate rate = Rate::khz48;
    std::span<const std::int16_t> samples;
};

struct ReceiverStats {
    std::uint64_t real_ticks = 0;
    std::uint64_t concealed_ticks = 0;
    std::uint64_t silent_ticks = 0;
    std::uint64_t recovered_packets = 0;  // from in-band redundancy
    std::uint64_t passed_over = 0;        // packets in which there was nothing to hear, not decoded
    std::uint64_t malformed = 0;
    std::uint64_t unknown_payload_type = 0;
    std::uint64_t shortened = 0;
    std::uint64_t lengthened = 0;
};

class AudioReceiver {
public:
    // RFC 3551 table 4: comfort noise (RFC 3389) at 8 kHz is understood without being negotiated.
    static constexpr std::uint8_t kComfortNoisePayloadType = 13;

    explicit AudioReceiver(std::span<const ReceiveFormat> formats, JitterSettings jitter = {});

    Received receive(const ReceivedPayload& packet);

    // Whether the next tick has all its sound whatever else comes.
    bool covered() const { return buffer_.covers(kTickSamples - (sound_end_ - heard_) * ratio()); }

    // The next 20 ms. `now_s` is the nominal time of the tick, on the clock of arrival_s.
    Heard tick(double now_s);

    // The sender was replaced (a new SSRC): what waits is dropped, decoders start anew.
    void restart();

    const ReceiverStats& stats() const { return stats_; }
    const JitterStats& jitter() const { return buffer_.stats(); }
    // What a payload type was negotiated for.
    std::optional<Codec> codec_of(std::uint8_t payload_type) const {
        const std::uint8_t index = codec_of_[payload_type & 0x7f];
        return index == kNoCodec ? std::nullopt : std::optional(static_cast<Codec>(index));
    }
    // Codec of what was last accepted.
    Codec codec() const { return codec_; }

private:
    static constexpr int kCodecCount = 4;
    static constexpr std::uint8_t kNoCodec = 0xff;
    // At 48 kHz: one packet of the longest kind on top of a tick being filled, and one period of stretching.
    static constexpr int kSoundCapacity = kMaxPacketSamples + 2 * kTickSamples;

    Decoder* decoder_of(std::uint8_t payload_type) const;
    int ratio() const { return rate_ratio(rate_); }
    std::span<std::int16_t> append(int samples_48k);
    void silence(std::span<std::int16_t> appended);
    void audible();
    void change_rate(Rate rate);
    void fill(double now_s);
    void take(const Pull& pull);
    void decode(const StoredPacket& packet);
    void pass_over(const StoredPacket& packet, std::span<std::int16_t> sound);
    void catch_up(Decoder& decoder);
    void make_up(int samples, const StoredPacket* next);
    bool recover(const StoredPacket* next, std::span<std::int16_t> sound);
    void stretch(Stretch wish);
    void make_shorter(int period);
    void make_longer(int period);
    void move_marks(int samples);
    Heard hand_over();
    void drop_heard();

    JitterBuffer buffer_;
    std::array<std::unique_ptr<Decoder>, kCodecCount> decoders_;
    std::array<std::uint8_t, 128> codec_of_{};  // by payload type
    Decoder* last_decoder_ = nullptr;
    Codec codec_ = Codec::pcmu;
    ReceiverStats stats_;
    QuietGate gate_;
    std::vector<std::uint8_t> passed_over_;  // the last payload that the decoder missed
    Rate rate_ = Rate::khz48;                // of sound_ and all that counts in it
    std::unique_ptr<std::int16_t[]> sound_;  // [0, heard_) was heard in the last tick, [heard_, sound_end_) is from the next on
    int heard_ = 0;
    int sound_end_ = 0;
    int audible_until_ = 0;  // in sound_: nothing but silence from there
    int zeros_end_ = 0;      // in sound_, beyond its end too: all zero up to there
    int made_up_until_ = 0;  // in sound_: the last concealed sample
    int concealed_run_ = 0;  // 48 kHz samples made up since the last real one
    int stretch_rest_ticks_ = 0;
    int stretch_refusals_ = 0;
    bool in_pause_ = true;  // comfort noise or silence came, or nothing yet: what is missing is silence too
};

}  // namespace cms::audio
