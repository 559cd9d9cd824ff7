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

// Segment and step of a magnitude from 128 on: a segment is a power of two, a step a sixteenth of it, and that is what stands
// at the top of a float, exponent beside mantissa. Shifts by a segment looked for would not go into vectors.
constexpr int segment_and_step(int magnitude) {
    constexpr int kMantissaBits = 23;
    constexpr int kFirstSegment = (127 + 7) << 4;
    const auto bits = std::bit_cast<std::int32_t>(static_cast<float>(magnitude));
    return (bits >> (kMantissaBits - 4)) - kFirstSegment;
}

constexpr std::uint8_t mu_law(std::int16_t sample) {
    const int sign = sample < 0 ? 0x80 : 0;
    const int biased = std::min(sample < 0 ? -int{sample} : int{sample}, kMuClip) + kMuBias;
    return static_cast<std::uint8_t>(~(sign | segment_and_step(biased)));
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
    const int magnitude = sample < 0 ? -int{sample} - 1 : int{sample};
    // The lowest segment has steps as wide as the next; there, what a float says is less than that.
    const int code = std::max(std::min(magnitude >> 4, 15), segment_and_step(magnitude));
    return static_cast<std::uint8_t>((sign | code) ^ kAInversion);
}

constexpr std::int16_t from_a_law(std::uint8_t code) {
    const int bits = code ^ kAInversion;
    const int segment = (bits >> 4) & 7;
    const int step = ((bits & 0x0f) << 4) + 8;
    const int magnitude = segment == 0 ? step : (step + 0x100) << (segment - 1);
    return static_cast<std::int16_t>((bits & 0x80) != 0 ? magnitude : -magnitude);
}

}  // namespace cms::audio::g711
