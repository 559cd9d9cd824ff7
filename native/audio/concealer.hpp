// Makes up sound for lost packets by repeating the last pitch period, for codecs that cannot do it themselves.
//
// Works at any rate, after the idea of ITU-T G.711 Appendix I. (spandsp's own copies overlapping
// memory, which the sanitizers rightly refuse, and knows no pitch below 133 Hz at 16 kHz.)
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "audio/block.hpp"
#include "audio/stretch.hpp"

namespace cms::audio {

// Made-up sound is at full level at first and silent from the limit on.
inline constexpr int kConcealFullSamples = 40 * kSamplesPerMs;
inline constexpr int kConcealLimitSamples = 100 * kSamplesPerMs;

// Fades sound that begins `run` samples after the last real one.
void fade_made_up(std::span<std::int16_t> sound, int run, Rate rate = Rate::khz48);

class Concealer {
public:
    explicit Concealer(Rate rate = Rate::khz48) : rate_(rate) {}

    // Real sound came; after a loss its beginning is blended with what was made up.
    void receive(std::span<std::int16_t> sound);

    // The next samples of a loss.
    void conceal(std::span<std::int16_t> sound);

    void reset();

private:
    // All at 48 kHz.
    static constexpr int kBlendSamples = 4 * kSamplesPerMs;
    static constexpr int kSeamSamples = kSamplesPerMs;

    int at_rate(int samples) const { return samples / rate_ratio(rate_); }
    std::span<std::int16_t> past() { return {past_.data(), static_cast<std::size_t>(at_rate(kStretchSamples))}; }
    void straighten();

    void remember(std::span<const std::int16_t> sound);
    void find_cycle();
    float repeat();

    Rate rate_;
    int run_ = 0;             // samples made up since the last real one
    std::size_t oldest_ = 0;  // in past_, a ring
    std::array<std::int16_t, kStretchSamples> past_{};
    std::array<float, kMaxPeriodSamples> cycle_{};
    int period_ = 0;
    int position_ = 0;  // in cycle_
    float seam_ = 0;    // from the last real sample to the first of the cycle
};

}  // namespace cms::audio
