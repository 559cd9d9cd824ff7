// Test signals and their measurement: tones, Goertzel energy, distortion, gaps.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "audio/block.hpp"
#include "audio/receiver.hpp"

namespace cms::audio::test {

using Samples = std::vector<std::int16_t>;

// Of a tone unless told otherwise, as a share of full scale.
inline constexpr double kAmplitude = 0.25;

// `amplitude` as a share of full scale.
Samples sine(double hz, int samples, double amplitude = kAmplitude, int rate_hz = kSampleRateHz);

// What a receiver gave, silence written out.
Sound written(const audio::Heard& heard);

// Endless tone cut into ticks.
class Tone {
public:
    explicit Tone(double hz, double amplitude = kAmplitude) : hz_(hz), amplitude_(amplitude) {}
    Samples next(int samples);
    Block block();

private:
    double hz_;
    double amplitude_;
    std::int64_t position_ = 0;
};

// Amplitude of one frequency, as a share of full scale.
double amplitude_at(std::span<const std::int16_t> sound, double hz, int rate_hz = kSampleRateHz);

// Power of everything but the (fitted) tone, relative to the tone, in dB: THD+N.
double distortion_db(std::span<const std::int16_t> sound, double hz, int rate_hz = kSampleRateHz);

// Milliseconds with less than half of `amplitude`: the longest run of 1 ms windows. 0: no gap.
int longest_gap_ms(std::span<const std::int16_t> sound, double hz, double amplitude);

// The largest step between neighbouring samples: a click stands out against the tone's own slope.
int largest_step(std::span<const std::int16_t> sound);

}  // namespace cms::audio::test
