// One stream of sent audio, from a block per tick to RTP payloads.
//
// 20 ms -> collected, when a packet is longer than that -> encoder -> payload with timestamp and marker
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "audio/block.hpp"
#include "audio/codec.hpp"

namespace cms::audio {

struct OutgoingPayload {
    std::size_t bytes = 0;
    std::uint32_t timestamp_offset = 0;   // RTP clock units since the sender began; add the stream's random start
    bool marker = false;                  // first of a talkspurt (RFC 3551 section 4.1)
    std::span<const std::int16_t> sound;  // what was encoded; valid until the next call of the sender
    std::array<std::uint8_t, kMaxPayloadBytes> room;

    std::span<const std::uint8_t> payload() const { return {room.data(), bytes}; }
};

class AudioSender {
public:
    // A packet time that the codec does not have becomes 20 ms.
    AudioSender(Codec codec, EncoderSettings settings);

    // What push takes.
    Rate rate() const { return rate_; }

    // Takes the 20 ms of this tick; then call next until it returns false, while `sound` stays. `silent`: all zero, and known
    // to be.
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
    int packet_ms() const { return static_cast<int>(packet_samples_) * 1000 / rate_hz(rate_); }

private:
    // In silence Opus with DTX says something this often, so that paths stay open and the peer knows that we are there.
    static constexpr int kDtxIntervalMs = 400;
    // The tail of what went before is coded.
    static constexpr int kDtxAfterTicks = 10;

    void collect(std::span<const std::int16_t> sound);
    bool skips_silence(int samples);
    std::uint32_t clock_at(std::int64_t sample) const;

    Codec codec_;
    Rate rate_;
    bool dtx_;
    bool marker_ = true;
    int complexity_;
    int silent_ticks_ = 0;  // in a row
    std::unique_ptr<Encoder> encoder_;
    // All in samples at rate().
    std::size_t packet_samples_;
    int unsent_samples_ = 0;  // silent ones since the last packet
    std::int64_t sent_samples_ = 0;
    std::int64_t tick_start_ = 0;
    std::span<const std::int16_t> waiting_;  // for the next packet: what was pushed, or in collected_
    std::vector<std::int16_t> collected_;    // empty when each tick is whole packets
};

}  // namespace cms::audio
