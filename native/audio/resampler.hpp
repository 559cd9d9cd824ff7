// Streaming change of sampling rate between 8 or 16 kHz and 48 kHz: a polyphase FIR with fixed ratio 6 or 3.
//
// Linear phase, so the delay is constant. Taps are computed once per process, integer arithmetic inside; only the sums of a
// mix, which are wider than 16 bits, go through the same filter in floating point.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "audio/block.hpp"

namespace cms::audio {

// Low-rate samples of history that one output sample looks at.
inline constexpr int kResamplerSpan = 32;

inline constexpr std::size_t kMaxResamplerHistory = kResamplerSpan * 6;

// 8 or 16 kHz in, 48 kHz out.
class Upsampler {
public:
    explicit Upsampler(Rate rate) : rate_(rate) {}

    // `high.size()` must be `low.size()` times the ratio; at most 120 ms at once.
    void process(std::span<const std::int16_t> low, std::span<std::int16_t> high);
    void reset() { history_.fill(0); }

private:
    Rate rate_;
    std::array<std::int16_t, kResamplerSpan> history_{};
};

// 48 kHz in, 8 or 16 kHz out.
class Downsampler {
public:
    explicit Downsampler(Rate rate) : rate_(rate) {}

    // `high.size()` must be `low.size()` times the ratio; at most 120 ms at once.
    void process(std::span<const std::int16_t> high, std::span<std::int16_t> low);
    void reset() { history_.fill(0); }

private:
    Rate rate_;
    std::array<std::int16_t, kMaxResamplerHistory> history_{};
};

// From any rate to any, through 48 kHz.
class Converter {
public:
    Converter(Rate from, Rate to) : from_(from), to_(to), up_(from), down_(to) {}

    Rate from() const { return from_; }
    Rate to() const { return to_; }

    // 20 ms.
    void process(std::span<const std::int16_t> in, std::span<std::int16_t> out);

private:
    Rate from_;
    Rate to_;
    Upsampler up_;
    Downsampler down_;
};

// The same for one leg, whose rates may change; it takes memory from the first tick on that there is something to convert.
class LegConverter {
public:
    // 20 ms: `in` itself if it has that rate, else valid until the next call.
    const std::int16_t* convert(Rate from, Rate to, std::span<const std::int16_t> in);

private:
    struct Work {
        Converter converter;
        Block out;
    };

    std::unique_ptr<Work> work_;
};

// A tick's sum of int16 samples, 8 or 16 kHz in, 48 kHz added to `high`.
class SumUpsampler {
public:
    explicit SumUpsampler(Rate rate) : rate_(rate) {}

    void add(std::span<const std::int32_t> low, std::span<std::int32_t> high);
    void reset() { history_.fill(0); }

private:
    Rate rate_;
    std::array<float, kResamplerSpan> history_{};
};

// A tick's sum, 48 kHz in, added to `low` at 8 or 16 kHz.
class SumDownsampler {
public:
    explicit SumDownsampler(Rate rate) : rate_(rate) {}

    void add(std::span<const std::int32_t> high, std::span<std::int32_t> low);
    void reset() { history_.fill(0); }

private:
    Rate rate_;
    std::array<float, kMaxResamplerHistory> history_{};
};

}  // namespace cms::audio
