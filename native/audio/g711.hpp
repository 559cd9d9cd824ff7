// ITU-T G.711: logarithmic 8-bit samples and back, by its segment rules.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>

namespace cms::audio::g711 {

// The bias moves every mu-law segment to a power of two; clipping keeps the sum in 15 bits.
inline constexpr int kMuBias = 132;
inline constexpr int kMuClip = 32767 - kMuBias;

constexpr std::uint8_t mu_law(std::int16_t sample) {
    const int sign = sample < 0 ? 0x80 : 0;
    const auto biased = static_cast<unsigned>(std::min(sample < 0 ? -int{sample} : int{sample}, kMuClip) + kMuBias);
    const int segment = std::bit_width(biased) - 8;
    const auto step = static_cast<int>(biased >> (segment + 3)) & 0x0f;
    return static_cast<std::uint8_t>(~(sign | (segment << 4) | step));
}

constexpr std::int16_t from_mu_law(std::uint8_t code) {
    const int bits = ~code & 0xff;
    const int magnitude = ((((bits & 0x0f) << 3) + kMuBias) << ((bits >> 4) & 7)) - kMuBias;
    return static_cast<std::int16_t>((bits & 0x80) != 0 ? -magnitude : magnitude);
}

// Every other bit is inverted on the line (G.711 table 1a, note 2).
inline constexpr int kAInversion = 0x55;

constexpr std::uint8_t a_law(std::int16_t sample) {
    const int sign = sample < 0 ? 0 : 0x80;
    const auto magnitude = static_cast<unsigned>(sample < 0 ? -int{sample} - 1 : int{sample});
    const int segment = std::bit_width(magnitude >> 8);
    const auto step = static_cast<int>(magnitude >> (segment == 0 ? 4 : segment + 3)) & 0x0f;
    return static_cast<std::uint8_t>((sign | (segment << 4) | step) ^ kAInversion);
}

constexpr std::int16_t from_a_law(std::uint8_t code) {
    const int bits = code ^ kAInversion;
    const int segment = (bits >> 4) & 7;
    const int step = ((bits & 0x0f) << 4) + 8;
    const int magnitude = segment == 0 ? step : (step + 0x100) << (segment - 1);
    return static_cast<std::int16_t>((bits & 0x80) != 0 ? magnitude : -magnitude);
}

}  // namespace cms::audio::g711
