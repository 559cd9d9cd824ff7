// Audio codecs behind two small classes: samples at the codec's own rate on one side, RTP payloads on the other.
//
// Not thread-safe; everything is allocated at creation, nothing per packet. PCMU, PCMA: RFC 3551 section 4.5.14;
// G.722: section 4.5.2; Opus: RFC 6716 and RFC 7587.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "audio/block.hpp"
#include "audio/effort.hpp"

namespace cms::audio {

enum class Codec : std::uint8_t { pcmu, pcma, g722, opus };

// By SDP encoding name, letter case ignored (RFC 8866 section 6.6); nullopt for a codec that we do not have.
std::optional<Codec> codec_by_name(std::string_view name);
std::string_view codec_name(Codec codec);

// The RTP clock, not the sampling rate: 8000 for G.722 too (RFC 3551 section 4.5.2).
constexpr int rtp_clock_hz(Codec codec) { return codec == Codec::opus ? 48000 : 8000; }

// What the codec's samples are coded at.
constexpr Rate codec_rate(Codec codec) {
    return codec == Codec::opus ? Rate::khz48 : codec == Codec::g722 ? Rate::khz16 : Rate::khz8;
}

// The packet time to use for what the peer asked for (ptime): 10, 20, 30, 40 or 60 ms as wanted, else 20. Opus has no frame
// of 30 ms.
int packet_time_ms(Codec codec, int wanted_ms);

enum class OpusMode : std::uint8_t { voip, audio };

struct EncoderSettings {
    int packet_time_ms = 20;  // as packet_time_ms() allows
    int opus_bitrate_bps = 48000;
    int opus_complexity = kFullComplexity;
    OpusMode opus_mode = OpusMode::audio;  // a third of the CPU that voip takes
    bool opus_fec = false;                 // the peer uses it; sent only while loss is expected
    bool opus_dtx = false;
    int expected_loss_percent = 0;

    bool operator==(const EncoderSettings&) const = default;
};

// 2.5 ms at 48 kHz: the smallest piece that every concealment can make.
inline constexpr int kConcealStepSamples = 120;

class Encoder {
public:
    virtual ~Encoder() = default;

    // Encodes one packet of `packet_time_ms` at codec_rate(). Returns payload bytes, 0 when DTX has nothing to send.
    virtual int encode(std::span<const std::int16_t> samples, std::span<std::uint8_t> payload) = 0;

    // From the peer's receiver reports; changes nothing but Opus.
    virtual void set_expected_loss(int /*percent*/) {}

    // Of the CPU that it may take, 0 to 10; changes nothing but Opus.
    virtual void set_complexity(int /*complexity*/) {}

    // Goes on from where `other` is, an encoder of the same codec and packet time: whoever decoded that one may decode this
    // one from now on.
    virtual void continue_from(const Encoder& other) = 0;

    // The next packet is understood whatever its decoder has heard before, as far as the codec has such packets.
    virtual void begin_anew() {}
};

class Decoder {
public:
    virtual ~Decoder() = default;

    // The time that this payload holds, in 48 kHz samples; 0: malformed or longer than kMaxPacketSamples.
    virtual int duration(std::span<const std::uint8_t> payload) const = 0;

    // Writes that time's samples at codec_rate(). Returns their number, 0 when the payload is malformed.
    virtual int decode(std::span<const std::uint8_t> payload, std::span<std::int16_t> samples) = 0;

    // Digital silence, as far as the payload shows it without being decoded.
    virtual bool is_silence(std::span<const std::uint8_t> /*payload*/) const { return false; }

    // Fills what was lost just before `next` from the redundancy inside `next`. False: it holds none.
    virtual bool recover(std::span<const std::uint8_t> next, std::span<std::int16_t> samples) = 0;

    // Fills in for lost audio from what came before, fading to silence within 100 ms of loss; at most 120 ms, a
    // multiple of 2.5 ms.
    virtual void conceal(std::span<std::int16_t> samples) = 0;

    // Forgets the past (another sender takes over the stream).
    virtual void reset() = 0;
};

// Never nullptr for valid settings; nullptr when packet_time_ms is none of the above.
std::unique_ptr<Encoder> make_encoder(Codec codec, const EncoderSettings& settings);
std::unique_ptr<Decoder> make_decoder(Codec codec);

}  // namespace cms::audio
