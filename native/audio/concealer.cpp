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

void fade_made_up(std::span<std::int16_t> sound, int run) {
    constexpr float per_sample = 1.0F / (kConcealLimitSamples - kConcealFullSamples);
    int left = kConcealLimitSamples - run;
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
    const auto kept = std::min(sound.size(), past_.size());
    std::copy(past_.begin() + static_cast<std::ptrdiff_t>(kept), past_.end(), past_.begin());
    std::copy(sound.end() - static_cast<std::ptrdiff_t>(kept), sound.end(), past_.end() - static_cast<std::ptrdiff_t>(kept));
}

void Concealer::receive(std::span<std::int16_t> sound) {
    if (run_ > 0) {
        std::array<std::int16_t, kBlendDelaySamples + kBlendSamples> made_up;
        conceal(made_up);
        const std::size_t count = std::min(sound.size(), made_up.size());
        for (std::size_t i = 0; i < count; ++i) {
            const float share = std::clamp((static_cast<float>(i) - kBlendDelaySamples) / kBlendSamples, 0.0F, 1.0F);
            sound[i] = rounded(static_cast<float>(made_up[i]) * (1 - share) + static_cast<float>(sound[i]) * share);
        }
        run_ = 0;
    }
    remember(sound);
}

void Concealer::find_cycle() {
    const Period found = find_period(past_);
    period_ = found.likeness < kVoiceLikeness ? kMaxPeriodSamples : found.samples;
    const auto end = past_.end();
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
    if (run_ >= kConcealLimitSamples) {
        std::ranges::fill(sound, std::int16_t{0});
        return;
    }
    if (run_ == 0) find_cycle();
    int at = run_;
    for (auto& sample : sound) {
        const float seam = at < kSeamSamples ? seam_ * static_cast<float>(kSeamSamples - at) / kSeamSamples : 0.0F;
        sample = rounded(repeat() + seam);
        ++at;
    }
    fade_made_up(sound, run_);
    run_ = at;
}

}  // namespace cms::audio
