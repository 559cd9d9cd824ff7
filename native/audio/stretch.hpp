// Makes sound one pitch period shorter or longer without a seam: the overlap-add of WSOLA, one operation at a time.
#pragma once

#include <cstdint>
#include <span>

#include "audio/block.hpp"

namespace cms::audio {

// Periods looked for: 2.5 ms (400 Hz) to 12.5 ms (80 Hz). A steady tone of any pitch has a multiple of its period in there.
inline constexpr int kMinPeriodSamples = 5 * kSamplesPerMs / 2;
inline constexpr int kMaxPeriodSamples = 25 * kSamplesPerMs / 2;

// Samples that an operation needs in front of it.
inline constexpr int kStretchSamples = 2 * kMaxPeriodSamples;

// At another rate than 48 kHz these are fewer samples for the same time.
constexpr int stretch_samples(Rate rate) { return kStretchSamples / rate_ratio(rate); }

struct Period {
    int samples = 0;
    float likeness = 0;  // normalised correlation of two neighbouring periods, at most 1; 1 for silence
};

// The best period at the beginning of `sound`, which holds at least stretch_samples(rate).
Period find_period(std::span<const std::int16_t> sound, Rate rate = Rate::khz48);

// Removes one period: `sound` [0, 2p) becomes [p, 2p) faded over; the caller drops the first p samples.
void shorten(std::span<std::int16_t> sound, int period);

// `sound` [0, 2p) becomes [0, 3p) in `longer`: the first period, both faded over, the second.
void lengthen(std::span<const std::int16_t> sound, int period, std::span<std::int16_t> longer);

}  // namespace cms::audio
