#include "audio/resampler.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace cms::audio {
namespace {

constexpr int kMaxLow = kMaxPacketSamples / 3;

// Kaiser window for 70 dB: flat to 0.43 of the low rate (3.46 kHz, 6.9 kHz), 70 dB down at 0.57.
constexpr double kKaiserBeta = 6.76;

// Fixed-point positions: the sum of absolute taps stays below 2, so 32-bit sums cannot overflow.
constexpr int kUpShift = 14;
constexpr int kDownShift = 15;

double bessel_i0(double x) {
    double term = 1;
    double sum = 1;
    for (int k = 1; k < 40; ++k) {
        term *= (x / (2 * k)) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

// Low-pass at the low rate's Nyquist frequency, gain `ratio` (what zero-stuffing takes away).
double prototype(int i, int ratio) {
    const int length = kResamplerSpan * ratio;
    const double centre = (length - 1) / 2.0;
    const double x = (i - centre) / ratio;
    const double edge = (i - centre) / centre;
    const double sinc = x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
    return sinc * bessel_i0(kKaiserBeta * std::sqrt(std::max(0.0, 1 - edge * edge))) / bessel_i0(kKaiserBeta);
}

// Rounds so that the taps sum to exactly `one`: no ripple on a constant input.
void quantise(std::span<const double> taps, std::span<std::int16_t> out, int one) {
    double total = 0;
    for (const double tap : taps) total += tap;
    int sum = 0;
    for (std::size_t i = 0; i < taps.size(); ++i) {
        out[i] = static_cast<std::int16_t>(std::lround(taps[i] / total * one));
        sum += out[i];
    }
    auto largest = std::max_element(out.begin(), out.end());
    *largest = static_cast<std::int16_t>(*largest + one - sum);
}

template <int Ratio>
struct Taps {
    alignas(16) std::array<std::array<std::int16_t, kResamplerSpan>, Ratio> up;  // per phase, latest input last
    alignas(16) std::array<std::int16_t, kResamplerSpan * Ratio> down;           // symmetric
    // The same for sums.
    alignas(16) std::array<std::array<float, kResamplerSpan>, Ratio> sum_up;
    alignas(16) std::array<float, kResamplerSpan * Ratio> sum_down;

    Taps() {
        std::array<double, kResamplerSpan * Ratio> all;
        for (int i = 0; i < kResamplerSpan * Ratio; ++i) all[static_cast<std::size_t>(i)] = prototype(i, Ratio);
        quantise(all, down, 1 << kDownShift);
        for (std::size_t phase = 0; phase < Ratio; ++phase) {
            std::array<double, kResamplerSpan> taps;
            for (std::size_t k = 0; k < kResamplerSpan; ++k) taps[kResamplerSpan - 1 - k] = all[phase + k * Ratio];
            quantise(taps, up[phase], 1 << kUpShift);
            for (std::size_t k = 0; k < kResamplerSpan; ++k)
                sum_up[phase][k] = static_cast<float>(up[phase][k]) / (1 << kUpShift);
        }
        for (std::size_t i = 0; i < down.size(); ++i) sum_down[i] = static_cast<float>(down[i]) / (1 << kDownShift);
    }
};

template <int Ratio>
const Taps<Ratio>& taps() {
    static const Taps<Ratio> made;
    return made;
}

// Lanes: floating-point addition may not be reordered, so the compiler needs them spelt out.
template <int Length>
std::int32_t dot(const float* a, const float* b) {
    constexpr int lanes = 8;
    std::array<float, lanes> sums{};
    for (int i = 0; i < Length; i += lanes)
        for (int lane = 0; lane < lanes; ++lane) sums[static_cast<std::size_t>(lane)] += a[i + lane] * b[i + lane];
    float total = 0;
    for (const float sum : sums) total += sum;
    return static_cast<std::int32_t>(std::lrintf(total));
}

template <int Length>
std::int32_t dot(const std::int16_t* a, const std::int16_t* b) {
    std::int32_t sum = 0;
    for (int i = 0; i < Length; ++i) sum += a[i] * b[i];
    return sum;
}

std::int16_t rounded(std::int32_t sum, int shift) {
    return static_cast<std::int16_t>(std::clamp((sum + (1 << (shift - 1))) >> shift, -32768, 32767));
}

template <int Ratio>
void raise(const std::int16_t* low, std::size_t count, std::int16_t* high) {
    const auto& phases = taps<Ratio>().up;
    for (std::size_t n = 0; n < count; ++n)
        for (const auto& phase : phases) *high++ = rounded(dot<kResamplerSpan>(low + n, phase.data()), kUpShift);
}

template <int Ratio>
void lower(const std::int16_t* high, std::size_t count, std::int16_t* low) {
    const auto& all = taps<Ratio>().down;
    for (std::size_t n = 0; n < count; ++n)
        low[n] = rounded(dot<kResamplerSpan * Ratio>(high + n * Ratio, all.data()), kDownShift);
}

template <int Ratio>
void raise(const float* low, std::size_t count, std::int32_t* high) {
    const auto& phases = taps<Ratio>().sum_up;
    for (std::size_t n = 0; n < count; ++n)
        for (const auto& phase : phases) *high++ += dot<kResamplerSpan>(low + n, phase.data());
}

template <int Ratio>
void lower(const float* high, std::size_t count, std::int32_t* low) {
    const auto& all = taps<Ratio>().sum_down;
    for (std::size_t n = 0; n < count; ++n) low[n] += dot<kResamplerSpan * Ratio>(high + n * Ratio, all.data());
}

}  // namespace

void Upsampler::process(std::span<const std::int16_t> low, std::span<std::int16_t> high) {
    // The window of output n ends at input n, so the oldest of the kept samples is one too many.
    std::array<std::int16_t, kResamplerSpan + kMaxLow> line;
    const std::size_t count = std::min(low.size(), static_cast<std::size_t>(kMaxLow));
    std::ranges::copy(history_, line.begin());
    std::copy_n(low.begin(), count, line.begin() + kResamplerSpan);
    if (rate_ == Rate::khz8)
        raise<6>(line.data() + 1, count, high.data());
    else
        raise<3>(line.data() + 1, count, high.data());
    std::copy_n(line.begin() + static_cast<std::ptrdiff_t>(count), kResamplerSpan, history_.begin());
}

void Downsampler::process(std::span<const std::int16_t> high, std::span<std::int16_t> low) {
    std::array<std::int16_t, kMaxResamplerHistory + kMaxPacketSamples> line;
    const auto kept = static_cast<std::size_t>(kResamplerSpan * rate_ratio(rate_));
    const std::size_t count = std::min(high.size(), static_cast<std::size_t>(kMaxPacketSamples));
    std::copy_n(history_.begin(), kept, line.begin());
    std::copy_n(high.begin(), count, line.begin() + static_cast<std::ptrdiff_t>(kept));
    if (rate_ == Rate::khz8)
        lower<6>(line.data() + 6, low.size(), low.data());
    else
        lower<3>(line.data() + 3, low.size(), low.data());
    std::copy_n(line.begin() + static_cast<std::ptrdiff_t>(count), kept, history_.begin());
}

void Converter::process(std::span<const std::int16_t> in, std::span<std::int16_t> out) {
    if (from_ == to_) {
        std::ranges::copy(in, out.begin());
        return;
    }
    Block high;
    if (to_ == Rate::khz48) {
        up_.process(in, out);
    } else if (from_ == Rate::khz48) {
        down_.process(in, out);
    } else {
        up_.process(in, high);
        down_.process(high, out);
    }
}

const std::int16_t* LegConverter::convert(Rate from, Rate to, std::span<const std::int16_t> in) {
    if (from == to) return in.data();
    if (!work_ || work_->converter.from() != from || work_->converter.to() != to)
        work_ = std::make_unique<Work>(Converter(from, to));
    work_->converter.process(in, std::span(work_->out).first(static_cast<std::size_t>(tick_samples(to))));
    return work_->out.data();
}

void SumUpsampler::add(std::span<const std::int32_t> low, std::span<std::int32_t> high) {
    std::array<float, kResamplerSpan + tick_samples(Rate::khz16)> line;
    std::ranges::copy(history_, line.begin());
    std::ranges::transform(low, line.begin() + kResamplerSpan, [](std::int32_t value) { return static_cast<float>(value); });
    if (rate_ == Rate::khz8)
        raise<6>(line.data() + 1, low.size(), high.data());
    else
        raise<3>(line.data() + 1, low.size(), high.data());
    std::copy_n(line.begin() + static_cast<std::ptrdiff_t>(low.size()), kResamplerSpan, history_.begin());
}

void SumDownsampler::add(std::span<const std::int32_t> high, std::span<std::int32_t> low) {
    std::array<float, kMaxResamplerHistory + kTickSamples> line;
    const auto kept = static_cast<std::size_t>(kResamplerSpan * rate_ratio(rate_));
    std::copy_n(history_.begin(), kept, line.begin());
    std::ranges::transform(high, line.begin() + static_cast<std::ptrdiff_t>(kept),
                           [](std::int32_t value) { return static_cast<float>(value); });
    if (rate_ == Rate::khz8)
        lower<6>(line.data() + 6, low.size(), low.data());
    else
        lower<3>(line.data() + 3, low.size(), low.data());
    std::copy_n(line.begin() + static_cast<std::ptrdiff_t>(high.size()), kept, history_.begin());
}

}  // namespace cms::audio
