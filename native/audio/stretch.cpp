#include "audio/stretch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace cms::audio {
namespace {

// The coarse search runs at 8 kHz; then every lag around the best one is tried at the sound's own rate.
constexpr Rate kCoarseRate = Rate::khz8;
constexpr int kMaxCoarse = stretch_samples(kCoarseRate);
constexpr float kSilentEnergyPerSample = 16.0F * 16.0F;  // -66 dBov: anything may be cut out of it unheard

// Normalised correlation of sound[0, length) with sound[lag, lag + length). The lanes let the compiler use vectors.
float likeness(const float* sound, int lag, int length) {
    constexpr int lanes = 8;
    std::array<float, lanes> cross{};
    std::array<float, lanes> near{};
    std::array<float, lanes> far{};
    for (int i = 0; i + lanes <= length; i += lanes)
        for (int k = 0; k < lanes; ++k) {
            const auto lane = static_cast<std::size_t>(k);
            const float a = sound[i + k];
            const float b = sound[i + k + lag];
            cross[lane] += a * b;
            near[lane] += a * a;
            far[lane] += b * b;
        }
    float product = 0;
    float energy_near = 0;
    float energy_far = 0;
    for (std::size_t k = 0; k < lanes; ++k) {
        product += cross[k];
        energy_near += near[k];
        energy_far += far[k];
    }
    const float silent = kSilentEnergyPerSample * static_cast<float>(length);
    if (energy_near < silent && energy_far < silent) return 1.0F;
    return product / std::sqrt(energy_near * energy_far + 1.0F);
}

// The lags from `first` to `last` are compared over `length` samples.
Period best_of(const float* sound, int first, int last, int length) {
    Period best{first, -1.0F};
    for (int lag = first; lag <= last; ++lag) {
        const float found = likeness(sound, lag, length);
        if (found > best.likeness) best = {lag, found};
    }
    return best;
}

void cross_fade(const std::int16_t* from, const std::int16_t* to, int count, std::int16_t* out) {
    const float step = 1.0F / static_cast<float>(count);
    for (int i = 0; i < count; ++i) {
        const float share = (static_cast<float>(i) + 0.5F) * step;
        out[i] = static_cast<std::int16_t>(std::lrintf(static_cast<float>(from[i]) * (1.0F - share) +
                                                       static_cast<float>(to[i]) * share));
    }
}

}  // namespace

Period find_period(std::span<const std::int16_t> sound, Rate rate) {
    const int coarseness = rate_ratio(kCoarseRate) / rate_ratio(rate);
    const int shortest = kMinPeriodSamples / rate_ratio(rate);
    const int usable = std::min(static_cast<int>(sound.size()), stretch_samples(rate));
    const int longest = usable / 2;
    if (longest < shortest) return {};
    std::array<float, kStretchSamples> fine;
    std::array<float, kMaxCoarse> coarse;
    for (int i = 0; i < usable; ++i) fine[static_cast<std::size_t>(i)] = sound[static_cast<std::size_t>(i)];
    for (int i = 0; i < usable / coarseness; ++i) {
        float sum = 0;
        for (int k = 0; k < coarseness; ++k) sum += fine[static_cast<std::size_t>(i * coarseness + k)];
        coarse[static_cast<std::size_t>(i)] = sum / static_cast<float>(coarseness);
    }
    const int length = longest / coarseness;
    const Period rough = best_of(coarse.data(), shortest / coarseness, length, length);
    if (coarseness == 1) return rough;
    const int centre = rough.samples * coarseness;
    const int first = std::max(shortest, centre - coarseness);
    return best_of(fine.data(), first, std::min(longest, centre + coarseness), longest);
}

void shorten(std::span<std::int16_t> sound, int period) {
    cross_fade(sound.data(), sound.data() + period, period, sound.data() + period);
}

void lengthen(std::span<const std::int16_t> sound, int period, std::span<std::int16_t> longer) {
    const auto count = static_cast<std::ptrdiff_t>(period);
    std::copy_n(sound.begin(), count, longer.begin());
    cross_fade(sound.data() + count, sound.data(), period, longer.data() + count);
    std::copy_n(sound.begin() + count, count, longer.begin() + 2 * count);
}

}  // namespace cms::audio
