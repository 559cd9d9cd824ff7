#include "audio/low_rate_codec.hpp"

// spandsp's headers need the C names of these in the global namespace.
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <spandsp.h>
// The encoder's state is copied, which the public header has no function for.
#include <spandsp/private/g722.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "audio/concealer.hpp"
#include "audio/g711.hpp"

namespace cms::audio {
namespace {

constexpr int kSamplesPerByte = kSampleRateHz / 8000;
constexpr int kMaxBytes = kMaxPacketSamples / kSamplesPerByte;
constexpr int kG722BitsPerSecond = 64000;

template <std::uint8_t (*Code)(std::int16_t), std::int16_t (*Sample)(std::uint8_t)>
class G711 {
public:
    static constexpr Rate rate = Rate::khz8;

    void encode(std::span<const std::int16_t> low, std::span<std::uint8_t> bytes) {
        std::ranges::transform(low, bytes.begin(), Code);
    }
    void decode(std::span<const std::uint8_t> bytes, std::span<std::int16_t> low) {
        std::ranges::transform(bytes, low.begin(), [](std::uint8_t byte) { return table[byte]; });
    }
    void reset() {}
    void continue_from(const G711& /*other*/) {}

private:
    static constexpr std::array<std::int16_t, 256> table = [] {
        std::array<std::int16_t, 256> samples{};
        for (std::size_t code = 0; code < samples.size(); ++code) samples[code] = Sample(static_cast<std::uint8_t>(code));
        return samples;
    }();
};

using Pcmu = G711<g711::mu_law, g711::from_mu_law>;
using Pcma = G711<g711::a_law, g711::from_a_law>;

class G722 {
public:
    static constexpr Rate rate = Rate::khz16;

    void encode(std::span<const std::int16_t> low, std::span<std::uint8_t> bytes) {
        g722_encode(encoder_.get(), bytes.data(), low.data(), static_cast<int>(low.size()));
    }
    void decode(std::span<const std::uint8_t> bytes, std::span<std::int16_t> low) {
        g722_decode(decoder_.get(), low.data(), bytes.data(), static_cast<int>(bytes.size()));
    }
    void reset() {
        g722_encode_init(encoder_.get(), kG722BitsPerSecond, 0);
        g722_decode_init(decoder_.get(), kG722BitsPerSecond, 0);
    }
    void continue_from(const G722& other) { *encoder_ = *other.encoder_; }

private:
    struct Deleter {
        void operator()(g722_encode_state_t* state) const { g722_encode_free(state); }
        void operator()(g722_decode_state_t* state) const { g722_decode_free(state); }
    };

    std::unique_ptr<g722_encode_state_t, Deleter> encoder_{g722_encode_init(nullptr, kG722BitsPerSecond, 0)};
    std::unique_ptr<g722_decode_state_t, Deleter> decoder_{g722_decode_init(nullptr, kG722BitsPerSecond, 0)};
};

template <class Format>
class LowRateEncoder final : public Encoder {
public:
    explicit LowRateEncoder(int packet_time_ms)
        : samples_(static_cast<std::size_t>(packet_time_ms * rate_hz(Format::rate) / 1000)) {}

    int encode(std::span<const std::int16_t> samples, std::span<std::uint8_t> payload) override {
        const std::size_t bytes = samples_ * static_cast<std::size_t>(rate_ratio(Format::rate)) / kSamplesPerByte;
        if (samples.size() != samples_ || payload.size() < bytes) return 0;
        format_.encode(samples, payload.first(bytes));
        return static_cast<int>(bytes);
    }

    void continue_from(const Encoder& other) override {
        format_.continue_from(static_cast<const LowRateEncoder&>(other).format_);
    }

private:
    std::size_t samples_;
    Format format_;
};

template <class Format>
class LowRateDecoder final : public Decoder {
public:
    int duration(std::span<const std::uint8_t> payload) const override {
        return payload.size() > kMaxBytes ? 0 : static_cast<int>(payload.size()) * kSamplesPerByte;
    }

    int decode(std::span<const std::uint8_t> payload, std::span<std::int16_t> samples) override {
        const int count = duration(payload) / rate_ratio(Format::rate);
        if (count == 0 || samples.size() < static_cast<std::size_t>(count)) return 0;
        const auto decoded = samples.first(static_cast<std::size_t>(count));
        format_.decode(payload, decoded);
        concealer_.receive(decoded);
        return count;
    }

    bool recover(std::span<const std::uint8_t> /*next*/, std::span<std::int16_t> /*samples*/) override { return false; }

    void conceal(std::span<std::int16_t> samples) override { concealer_.conceal(samples); }

    void reset() override {
        format_.reset();
        concealer_.reset();
    }

private:
    Format format_;
    Concealer concealer_{Format::rate};
};

}  // namespace

std::unique_ptr<Encoder> make_low_rate_encoder(Codec codec, int packet_time_ms) {
    switch (codec) {
        case Codec::pcmu: return std::make_unique<LowRateEncoder<Pcmu>>(packet_time_ms);
        case Codec::pcma: return std::make_unique<LowRateEncoder<Pcma>>(packet_time_ms);
        case Codec::g722: return std::make_unique<LowRateEncoder<G722>>(packet_time_ms);
        case Codec::opus: break;
    }
    throw std::invalid_argument("opus has its own encoder");
}

std::unique_ptr<Decoder> make_low_rate_decoder(Codec codec) {
    switch (codec) {
        case Codec::pcmu: return std::make_unique<LowRateDecoder<Pcmu>>();
        case Codec::pcma: return std::make_unique<LowRateDecoder<Pcma>>();
        case Codec::g722: return std::make_unique<LowRateDecoder<G722>>();
        case Codec::opus: break;
    }
    throw std::invalid_argument("opus has its own decoder");
}

}  // namespace cms::audio
