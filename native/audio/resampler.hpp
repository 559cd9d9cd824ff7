// Streaming change of sampling rate between 8 or 16 kHz and 48 kHz: a polyphase FIR with fixed ratio 6 or 3.
//
// Linear phase, so the delay is constant. Taps are computed once per process, integer arithmetic inside.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "audio/block.hpp"

namespace cms::audio {

enum class LowRate : std::uint8_t { khz8, khz16 };

constexpr int rate_ratio(LowRate rate) { return rate == LowRate::khz8 ? 6 : 3; }

// Low-rate samples of history that one output sample looks at.
inline constexpr int kResamplerSpan = 32;

// 8 or 16 kHz in, 48 kHz out.
class Upsampler {
public:
    explicit Upsampler(LowRate rate) : rate_(rate) {}

    // `high.size()` must be `low.size()` times the ratio; at most 120 ms at once.
    void process(std::span<const std::int16_t> low, std::span<std::int16_t> high);
    void reset() { history_.fill(0); }

private:
    LowRate rate_;
    std::array<std::int16_t, kResamplerSpan> history_{};
};

// 48 kHz in, 8 or 16 kHz out.
class Downsampler {
public:
    explicit Downsampler(LowRate rate) : rate_(rate) {}

    // `high.size()` must be `low.size()` times the ratio; at most 120 ms at once.
    void process(std::span<const std::int16_t> high, std::span<std::int16_t> low);
    void reset() { history_.fill(0); }

private:
    LowRate rate_;
    std::array<std::int16_t, kResamplerSpan * 6> history_{};
};

}  // namespace cms::audio
