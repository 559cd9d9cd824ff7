#include "audio/signal.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdlib>
#include <numbers>

namespace cms::audio::test {
namespace {

constexpr double kFullScale = 32768.0;

std::complex<double> project(std::span<const std::int16_t> sound, double hz, int rate_hz) {
    const std::complex<double> step = std::polar(1.0, -2 * std::numbers::pi * hz / rate_hz);
    std::complex<double> turn = 1.0;
    std::complex<double> sum = 0.0;
    for (const auto sample : sound) {
        sum += static_cast<double>(sample) * turn;
        turn *= step;
    }
    return 2.0 * sum / static_cast<double>(sound.size());
}

}  // namespace

Samples sine(double hz, int samples, double amplitude, int rate_hz) {
    Samples sound(static_cast<std::size_t>(samples));
    for (std::size_t i = 0; i < sound.size(); ++i) {
        const double phase = 2 * std::numbers::pi * hz * static_cast<double>(i) / rate_hz;
        sound[i] = static_cast<std::int16_t>(std::lround(amplitude * (kFullScale - 1) * std::sin(phase)));
    }
    return sound;
}

Sound written(const audio::Heard& heard) {
    Sound sound{heard.rate, {}};
    std::ranges::copy(heard.samples, sound.samples.begin());
    return sound;
}

Samples Tone::next(int samples) {
    Samples sound(static_cast<std::size_t>(samples));
    for (auto& sample : sound) {
        const double phase = 2 * std::numbers::pi * hz_ * static_cast<double>(position_++) / kSampleRateHz;
        sample = static_cast<std::int16_t>(std::lround(amplitude_ * (kFullScale - 1) * std::sin(phase)));
    }
    return sound;
}

Block Tone::block() {
    Block block;
    std::ranges::copy(next(kTickSamples), block.begin());
    return block;
}

double amplitude_at(std::span<const std::int16_t> sound, double hz, int rate_hz) {
    return std::abs(project(sound, hz, rate_hz)) / kFullScale;
}

double distortion_db(std::span<const std::int16_t> sound, double hz, int rate_hz) {
    const std::complex<double> tone = project(sound, hz, rate_hz);
    const std::complex<double> step = std::polar(1.0, 2 * std::numbers::pi * hz / rate_hz);
    std::complex<double> turn = 1.0;
    double rest = 0;
    for (const auto sample : sound) {
        const double error = static_cast<double>(sample) - (tone * turn).real();
        rest += error * error;
        turn *= step;
    }
    const double power = std::norm(tone) / 2 * static_cast<double>(sound.size());
    return 10 * std::log10(rest / power);
}

int longest_gap_ms(std::span<const std::int16_t> sound, double hz, double amplitude) {
    const auto period = static_cast<std::size_t>(std::lround(kSampleRateHz / hz));
    const std::size_t window = std::max(period, static_cast<std::size_t>(kSamplesPerMs));
    int longest = 0;
    int run = 0;
    for (std::size_t at = 0; at + window <= sound.size(); at += kSamplesPerMs) {
        const bool quiet = amplitude_at(sound.subspan(at, window), hz) < amplitude / 2;
        run = quiet ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

int largest_step(std::span<const std::int16_t> sound) {
    int largest = 0;
    for (std::size_t i = 1; i < sound.size(); ++i) largest = std::max(largest, std::abs(sound[i] - sound[i - 1]));
    return largest;
}

}  // namespace cms::audio::test
