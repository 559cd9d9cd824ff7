#include "audio/concealer.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace cms::audio {
namespace {

// Below, the sound is rather noise than voice: a long cycle buzzes less than a short one.
constexpr float kVoiceLikeness = 0.5F;

std::int16_t rounded(float value) { return static_cast<std::int16_t>(std::lrintf(std::clamp(value, -32768.0F, 32767.0F))); }

}  // namespace

void fade_made_up(std::span<std::int16_t> sound, int run, Rate rate) {
    const int limit = kConcealLimitSamples / rate_ratio(rate);
    const float per_sample = 1.0F / static_cast<float>(limit - kConcealFullSamples / rate_ratio(rate));
    int left = limit - run;
    for (auto& sample : sound) {
        const float gain = std::clamp(static_cast<float>(left--) * per_sample, 0.0F, 1.0F);
        sample = static_cast<std::int16_t>(static_cast<float>(sample) * gain);
    }
}

void Concealer::reset() {
    past_.fill(0);
    run_ = 0;
}

void Concealer::remember(std::span<const std::int16_t> sound) {
    const auto ring = past();
    sound = sound.last(std::min(sound.size(), ring.size()));
    const auto until_end = sound.first(std::min(sound.size(), ring.size() - oldest_));
    std::ranges::copy(until_end, ring.subspan(oldest_).begin());
    std::ranges::copy(sound.subspan(until_end.size()), ring.begin());
    oldest_ = (oldest_ + sound.size()) % ring.size();
}

void Concealer::straighten() {
    std::ranges::rotate(past(), past().begin() + static_cast<std::ptrdiff_t>(oldest_));
    oldest_ = 0;
}

void Concealer::receive(std::span<std::int16_t> sound) {
    if (run_ > 0) {
        const int blend = at_rate(kBlendSamples);
        std::array<std::int16_t, kBlendSamples> buffer;
        const std::span made_up(buffer.data(), std::min(sound.size(), static_cast<std::size_t>(blend)));
        conceal(made_up);
        for (std::size_t i = 0; i < made_up.size(); ++i) {
            const float share = static_cast<float>(i) / static_cast<float>(blend);
            sound[i] = rounded(static_cast<float>(made_up[i]) * (1 - share) + static_cast<float>(sound[i]) * share);
        }
        run_ = 0;
    }
    remember(sound);
}

void Concealer::find_cycle() {
    straighten();
    const auto before = past();
    const Period found = find_period(before, rate_);
    period_ = found.likeness < kVoiceLikeness ? at_rate(kMaxPeriodSamples) : found.samples;
    const auto end = before.end();
    std::copy(end - period_, end, cycle_.begin());
    // The last quarter flows into what came before the cycle, so that its end meets its beginning.
    const int quarter = period_ / 4;
    for (int i = 0; i < quarter; ++i) {
        const float share = (static_cast<float>(i) + 1) / static_cast<float>(quarter);
        auto& sample = cycle_[static_cast<std::size_t>(period_ - quarter + i)];
        sample += share * (static_cast<float>(*(end - period_ - quarter + i)) - sample);
    }
    position_ = 0;
    seam_ = static_cast<float>(*(end - 1)) - static_cast<float>(*(end - 1 - period_));
}

float Concealer::repeat() {
    const float sample = cycle_[static_cast<std::size_t>(position_)];
    position_ = position_ + 1 == period_ ? 0 : position_ + 1;
    return sample;
}

void Concealer::conceal(std::span<std::int16_t> sound) {
    if (run_ >= at_rate(kConcealLimitSamples)) {
        std::ranges::fill(sound, std::int16_t{0});
        return;
    }
    if (run_ == 0) find_cycle();
    const int seam_samples = at_rate(kSeamSamples);
    int at = run_;
    for (auto& sample : sound) {
        const float left = static_cast<float>(std::max(0, seam_samples - at)) / static_cast<float>(seam_samples);
        sample = rounded(repeat() + seam_ * left);
        ++at;
    }
    fade_made_up(sound, run_, rate_);
    run_ = at;
}

}  // namespace cms::audio
