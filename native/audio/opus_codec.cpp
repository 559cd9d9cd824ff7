#include "audio/opus_codec.hpp"

#include <opus/opus.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "audio/concealer.hpp"

namespace cms::audio {
namespace {

constexpr int kChannels = 1;
constexpr int kMaxFrames = 48;               // RFC 6716 section 3.2.5: 120 ms of 2.5 ms
constexpr int kFirstCeltOnlyConfig = 16;     // RFC 6716 table 2: 0..11 SILK, 12..15 hybrid, 16..31 CELT
constexpr int kSilkFrameSamples = 20 * kSamplesPerMs;

struct EncoderDeleter {
    void operator()(OpusEncoder* encoder) const { opus_encoder_destroy(encoder); }
};
struct DecoderDeleter {
    void operator()(OpusDecoder* decoder) const { opus_decoder_destroy(decoder); }
};

class OpusAudioEncoder final : public Encoder {
public:
    explicit OpusAudioEncoder(const EncoderSettings& settings)
        : samples_(settings.packet_time_ms * kSamplesPerMs), settings_(settings) {
        const bool voip = settings.opus_mode == OpusMode::voip;
        const int application = voip ? OPUS_APPLICATION_VOIP : OPUS_APPLICATION_AUDIO;
        encoder_.reset(opus_encoder_create(kSampleRateHz, kChannels, application, nullptr));
        if (!encoder_) throw std::bad_alloc();
        configure();
    }

    int encode(std::span<const std::int16_t> samples, std::span<std::uint8_t> payload) override {
        if (samples.size() != static_cast<std::size_t>(samples_)) return 0;
        const auto room = static_cast<opus_int32>(payload.size());
        const int bytes = opus_encode(encoder_.get(), samples.data(), samples_, payload.data(), room);
        if (anew_) set_anew(false);
        // With DTX a result of one or two bytes "does not need to be transmitted" (opus_encode's contract).
        if (bytes < 0 || (settings_.opus_dtx && bytes <= 2)) return 0;
        return bytes;
    }

    // The state is "position independent and can be freely copied" (opus.h); it includes settings, which are each one's own.
    void continue_from(const Encoder& other) override {
        const auto& from = static_cast<const OpusAudioEncoder&>(other);
        static const auto bytes = static_cast<std::size_t>(opus_encoder_get_size(kChannels));
        std::memcpy(encoder_.get(), from.encoder_.get(), bytes);
        set_anew(from.anew_);
        configure();
    }

    // RFC 6716 section 4.3.2.1: energies that are not predicted from those of the last frame. Where the frames overlap, two
    // encoders of the same sound agree within their coding noise.
    void begin_anew() override { set_anew(true); }

    void set_complexity(int complexity) override {
        settings_.opus_complexity = complexity;
        opus_encoder_ctl(encoder_.get(), OPUS_SET_COMPLEXITY(complexity));
    }

    // Redundancy lives in the SILK layer only, which costs three times the CPU: it is switched on when packets get lost.
    void set_expected_loss(int percent) override {
        settings_.expected_loss_percent = percent;
        const bool protect = settings_.opus_fec && percent > 0;
        opus_encoder_ctl(encoder_.get(), OPUS_SET_PACKET_LOSS_PERC(std::clamp(percent, 0, 100)));
        opus_encoder_ctl(encoder_.get(), OPUS_SET_INBAND_FEC(protect ? 1 : 0));
        opus_encoder_ctl(encoder_.get(), OPUS_SET_SIGNAL(protect ? OPUS_SIGNAL_VOICE : OPUS_AUTO));
    }

private:
    void set_anew(bool anew) {
        anew_ = anew;
        opus_encoder_ctl(encoder_.get(), OPUS_SET_PREDICTION_DISABLED(anew ? 1 : 0));
    }

    void configure() {
        opus_encoder_ctl(encoder_.get(), OPUS_SET_BITRATE(settings_.opus_bitrate_bps));
        opus_encoder_ctl(encoder_.get(), OPUS_SET_COMPLEXITY(settings_.opus_complexity));
        opus_encoder_ctl(encoder_.get(), OPUS_SET_DTX(settings_.opus_dtx ? 1 : 0));
        set_expected_loss(settings_.expected_loss_percent);
    }

    int samples_;
    EncoderSettings settings_;
    bool anew_ = false;
    std::unique_ptr<OpusEncoder, EncoderDeleter> encoder_;
};

// RFC 6716 section 4.2.3: a SILK layer begins with a voice flag per 20 ms and then the flag of redundant frames; they
// are equiprobable bits, so they stand plainly at the top of the first byte (section 4.1.2).
bool holds_redundancy(std::span<const std::uint8_t> payload) {
    if (payload.empty() || (payload[0] >> 3) >= kFirstCeltOnlyConfig) return false;
    std::array<const unsigned char*, kMaxFrames> frames;
    std::array<opus_int16, kMaxFrames> sizes;
    const auto length = static_cast<opus_int32>(payload.size());
    const int count = opus_packet_parse(payload.data(), length, nullptr, frames.data(), sizes.data(), nullptr);
    if (count <= 0 || sizes[0] < 1) return false;
    const int frame_samples = opus_packet_get_samples_per_frame(payload.data(), kSampleRateHz);
    const int voice_flags = std::max(1, frame_samples / kSilkFrameSamples);
    const bool mid = (frames[0][0] >> (7 - voice_flags) & 1) != 0;
    const bool stereo = opus_packet_get_nb_channels(payload.data()) == 2;
    const bool side = stereo && voice_flags < 4 && (frames[0][0] >> (6 - 2 * voice_flags) & 1) != 0;
    return mid || side;
}

// RFC 6716 section 4.3: a CELT frame begins with its silence flag, one in 2^15, which is set when its bits are all ones; here
// of packets that hold one frame (code 0).
bool has_silence_flag(std::span<const std::uint8_t> payload) {
    constexpr std::uint8_t frame_count_bits = 3;
    if (payload.size() < 3 || (payload[0] >> 3) < kFirstCeltOnlyConfig) return false;
    return (payload[0] & frame_count_bits) == 0 && payload[1] == 0xff && payload[2] >= 0xfe;
}

class OpusAudioDecoder final : public Decoder {
public:
    OpusAudioDecoder() : decoder_(opus_decoder_create(kSampleRateHz, kChannels, nullptr)) {
        if (!decoder_) throw std::bad_alloc();
    }

    int duration(std::span<const std::uint8_t> payload) const override {
        if (payload.empty()) return 0;
        const auto length = static_cast<opus_int32>(payload.size());
        const int samples = opus_packet_get_nb_samples(payload.data(), length, kSampleRateHz);
        return samples < 0 || samples > kMaxPacketSamples ? 0 : samples;
    }

    int decode(std::span<const std::uint8_t> payload, std::span<std::int16_t> samples) override {
        if (payload.empty() || samples.empty()) return 0;
        made_up_ = 0;
        return std::max(0, run(payload.data(), payload.size(), samples, 0));
    }

    bool is_silence(std::span<const std::uint8_t> payload) const override { return has_silence_flag(payload); }

    bool recover(std::span<const std::uint8_t> next, std::span<std::int16_t> samples) override {
        if (!holds_redundancy(next)) return false;
        made_up_ = 0;
        return run(next.data(), next.size(), samples, 1) == static_cast<int>(samples.size());
    }

    void conceal(std::span<std::int16_t> samples) override {
        const bool silent = made_up_ >= kConcealLimitSamples;
        if (silent || run(nullptr, 0, samples, 0) != static_cast<int>(samples.size()))
            std::ranges::fill(samples, std::int16_t{0});
        fade_made_up(samples, made_up_);
        made_up_ = std::min(made_up_ + static_cast<int>(samples.size()), kConcealLimitSamples);
    }

    void reset() override { opus_decoder_ctl(decoder_.get(), OPUS_RESET_STATE); }

private:
    int run(const std::uint8_t* data, std::size_t size, std::span<std::int16_t> samples, int fec) {
        return opus_decode(decoder_.get(), data, static_cast<opus_int32>(size), samples.data(),
                           static_cast<int>(samples.size()), fec);
    }

    std::unique_ptr<OpusDecoder, DecoderDeleter> decoder_;
    int made_up_ = 0;  // samples since the last real one
};

}  // namespace

std::unique_ptr<Encoder> make_opus_encoder(const EncoderSettings& settings) {
    return std::make_unique<OpusAudioEncoder>(settings);
}

std::unique_ptr<Decoder> make_opus_decoder() { return std::make_unique<OpusAudioDecoder>(); }

}  // namespace cms::audio
