// The unit every audio stage works on: 20 ms of mono int16 at one of three rates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace cms::audio {

inline constexpr int kSampleRateHz = 48000;
inline constexpr int kTickMs = 20;
inline constexpr int kSamplesPerMs = kSampleRateHz / 1000;
inline constexpr int kTickSamples = kTickMs * kSamplesPerMs;

// RFC 6716 section 2.1.4: no Opus packet is longer; the same bound serves the other codecs.
inline constexpr int kMaxPacketSamples = 120 * kSamplesPerMs;

// One Ethernet MTU less IP, UDP and RTP headers; a longer audio payload is refused as malformed.
inline constexpr int kMaxPayloadBytes = 1460;

using Block = std::array<std::int16_t, kTickSamples>;

// What codecs work at. Nothing is resampled that need not be: a call of G.711 legs is decoded, mixed and encoded at 8 kHz.
enum class Rate : std::uint8_t { khz8, khz16, khz48 };
inline constexpr std::size_t kRates = 3;

// 48 kHz samples per sample.
constexpr int rate_ratio(Rate rate) { return rate == Rate::khz8 ? 6 : rate == Rate::khz16 ? 3 : 1; }
constexpr int rate_hz(Rate rate) { return kSampleRateHz / rate_ratio(rate); }
constexpr int tick_samples(Rate rate) { return kTickSamples / rate_ratio(rate); }

// One tick at the rate that it was coded at; the samples beyond it are unspecified.
struct Sound {
    Rate rate = Rate::khz48;
    Block samples;

    std::span<std::int16_t> view() { return {samples.data(), static_cast<std::size_t>(tick_samples(rate))}; }
    std::span<const std::int16_t> view() const {
        return {samples.data(), static_cast<std::size_t>(tick_samples(rate))};
    }
};

}  // namespace cms::audio
