// One stream of sent audio, from a block per tick to RTP payloads.
//
// block -> collected to the packet time -> encoder -> payload with timestamp and marker
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "audio/block.hpp"
#include "audio/codec.hpp"

namespace cms::audio {

struct OutgoingPayload {
    std::span<const std::uint8_t> payload;  // valid until the next call of the sender
    std::uint32_t timestamp_offset = 0;     // RTP clock units since the sender began; add the stream's random start
    bool marker = false;                    // first of a talkspurt (RFC 3551 section 4.1)
    std::span<const std::int16_t> sound;    // what was encoded; as valid
};

class AudioSender {
public:
    // A packet time that the codec does not have becomes 20 ms.
    AudioSender(Codec codec, EncoderSettings settings);

    // What push takes.
    Rate rate() const { return codec_rate(codec_); }

    // Takes the 20 ms of this tick; then call next until it returns false. `silent`: all zero, and known to be.
    void push(std::span<const std::int16_t> sound, bool silent = false);

    // The next packet due; false: none, or DTX has nothing to send.
    bool next(OutgoingPayload& packet);

    // A tick in which nothing is sent (on hold): the timestamp goes on, the next packet begins a talkspurt.
    void skip();

    // The timestamp_offset of the beginning of the last tick pushed.
    std::uint32_t tick_offset() const { return clock_at(tick_start_); }

    // As Encoder's; the other sender has the same codec and packet time, and no more than a tick's sound waits in neither.
    void continue_from(const AudioSender& other);
    void begin_anew() { encoder_->begin_anew(); }

    void set_expected_loss(int percent) { encoder_->set_expected_loss(percent); }
    void set_complexity(int complexity);
    Codec codec() const { return codec_; }
    int packet_ms() const { return packet_samples_ * 1000 / rate_hz(rate()); }

private:
    // In silence Opus with DTX says something this often, so that paths stay open and the peer knows that we are there.
    static constexpr int kDtxIntervalMs = 400;
    // The tail of what went before is coded.
    static constexpr int kDtxAfterTicks = 10;

    bool skips_silence(int samples);
    std::uint32_t clock_at(std::int64_t sample) const;

    // The longest packet and the tick that begins the next.
    static constexpr int kMaxTimeMs = 60 + kTickMs;

    Codec codec_;
    std::unique_ptr<Encoder> encoder_;
    // All in samples at rate().
    int packet_samples_;
    int begin_ = 0;  // in collected_
    int end_ = 0;
    std::int64_t sent_samples_ = 0;
    std::int64_t tick_start_ = 0;
    bool dtx_;
    int complexity_;
    int silent_ticks_ = 0;    // in a row
    int unsent_samples_ = 0;  // of them since the last packet
    bool marker_ = true;
    // Behind all else, which is small and then stands together in memory.
    std::array<std::uint8_t, kMaxPayloadBytes> payload_{};
    std::array<std::int16_t, kMaxTimeMs * kSamplesPerMs> collected_{};
};

}  // namespace cms::audio
