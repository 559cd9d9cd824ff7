// The inner loops, each on one row, in one table per kind of processor. Every table gives the same bytes.
//
// No pointer need be aligned; no byte is read or written outside the rows that are named.
#pragma once

#include <cstddef>
#include <cstdint>

#include "video/axis.hpp"

namespace cms::video {

struct Rows {
    static constexpr int kBlock = 8;

    // `width` rounded means of boxes of 2 by 2, 3 by 3, 4 by 4; the source has as many rows, that many times as wide.
    using Box = void (*)(const std::uint8_t* source, std::ptrdiff_t stride, std::uint8_t* out, int width);
    Box box2, box3, box4;

    // out[i] = (sum of weights[k] * rows[k][i] + 128) / 256; `taps` is even, the weights add up to 256.
    void (*combine)(const std::uint8_t* const* rows, const std::uint8_t* weights, int taps, std::uint8_t* out, int width);

    // The same along a row, for every sample of the axis; `line` has Axis::kPadding bytes to spare behind it.
    void (*resample)(const std::uint8_t* line, const Axis& axis, std::uint8_t* out);

    void (*copy)(const std::uint8_t* source, std::uint8_t* out, int width);

    // The same, and sets bit k of differs[j] where block 8 j + k of kBlock bytes, the last one maybe shorter, was another.
    void (*replace)(const std::uint8_t* source, std::uint8_t* out, int width, std::uint8_t* differs);

    // out = out + (over - out) * alpha / 255, rounded.
    void (*mix)(const std::uint8_t* over, const std::uint8_t* alpha, std::uint8_t* out, int width);

    // The alpha of a chroma sample: the rounded mean of the four luma pixels under it.
    void (*halve)(const std::uint8_t* above, const std::uint8_t* below, std::uint8_t* out, int width);

    // p = base + (p - base) * keep / 128, rounded; keep is at most 128.
    void (*fade)(std::uint8_t* pixels, int width, int base, int keep);

    // out = out + (over - out) * share / 128, rounded; share is at most 128.
    void (*cross)(const std::uint8_t* over, std::uint8_t* out, int width, int share);

    // The sum of squared differences.
    std::uint64_t (*error)(const std::uint8_t* a, const std::uint8_t* b, int width);
};

extern const Rows kPlainRows;
#if defined(__x86_64__)
extern const Rows kAvx2Rows;
extern const Rows kAvx512Rows;
#endif

}  // namespace cms::video
