#include "audio/mixer.hpp"

#include <algorithm>
#include <cstdlib>

namespace cms::audio {
namespace {

constexpr std::int32_t kCeiling = 32440;  // -0.09 dBFS: rounding in the gain ramp cannot pass full scale
constexpr int kAttackShare = kTickMs / 2;  // 2 ms
constexpr float kReleasePerTick = 1.03F;  // 0.26 dB, so 13 dB/s

const Block kSilence{};

// Clamped as an integer, which the compiler does for several samples at once.
std::int16_t clip(float value) {
    return static_cast<std::int16_t>(std::clamp(static_cast<std::int32_t>(value), -32768, 32767));
}

// Writes sum - own + player. The result says in its upper bits whether any value left int16: |value| is at most its or.
template <bool HasOwn, bool HasPlayer>
std::int32_t combine(const std::int32_t* __restrict sum, const std::int16_t* __restrict own,
                     const std::int16_t* __restrict player, std::int16_t* __restrict out, int samples) {
    std::int32_t bits = 0;
    for (int i = 0; i < samples; ++i) {
        std::int32_t value = sum[i];
        if constexpr (HasOwn) value -= own[i];
        if constexpr (HasPlayer) value += player[i];
        bits |= value ^ (value >> 31);
        out[i] = static_cast<std::int16_t>(value);
    }
    return bits;
}

}  // namespace

void Limiter::apply(std::span<const std::int32_t> sum, std::int16_t* out) {
    std::int32_t peak = 0;
    for (const std::int32_t value : sum) peak = std::max(peak, std::abs(value));
    const float allowed = peak > kCeiling ? static_cast<float>(kCeiling) / static_cast<float>(peak) : 1.0F;
    const float target = std::min({allowed, gain_ * kReleasePerTick, 1.0F});
    // Down within 2 ms, what still stands out there is clipped; up over the whole block.
    const std::size_t ramp = target < gain_ ? sum.size() / kAttackShare : sum.size();
    const float step = (target - gain_) / static_cast<float>(ramp);
    for (std::size_t i = 0; i < ramp; ++i)
        out[i] = clip(static_cast<float>(sum[i]) * (gain_ + step * static_cast<float>(i + 1)));
    for (std::size_t i = ramp; i < sum.size(); ++i) out[i] = clip(static_cast<float>(sum[i]) * target);
    gain_ = target;
}

void Mixer::begin() {
    std::fill_n(sum_.begin(), samples_, 0);
    contributors_ = 0;
    foreign_ = false;
}

void Mixer::add(const std::int16_t* block) {
    for (int i = 0; i < samples_; ++i) sum_[static_cast<std::size_t>(i)] += block[i];
    ++contributors_;
}

bool Mixer::listen(const std::int16_t* own, const std::int16_t* player, Limiter& limiter, std::int16_t* out) const {
    if (!foreign_ && contributors_ == (own != nullptr ? 1 : 0) && player == nullptr) {
        std::fill_n(out, samples_, std::int16_t{0});
        limiter = Limiter{};
        return false;
    }
    const auto kernel = own != nullptr ? (player != nullptr ? combine<true, true> : combine<true, false>)
                                       : (player != nullptr ? combine<false, true> : combine<false, false>);
    if (limiter.idle() && kernel(sum_.data(), own, player, out, samples_) <= kCeiling) return true;
    const std::int16_t* minus = own != nullptr ? own : kSilence.data();
    const std::int16_t* plus = player != nullptr ? player : kSilence.data();
    std::array<std::int32_t, kTickSamples> wide;
    const auto count = static_cast<std::size_t>(samples_);
    for (std::size_t i = 0; i < count; ++i) wide[i] = sum_[i] - minus[i] + plus[i];
    limiter.apply({wide.data(), count}, out);
    return true;
}

}  // namespace cms::audio
