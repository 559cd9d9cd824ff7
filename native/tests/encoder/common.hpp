// What the tests of all encoders have in common.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include "encoder/picture_encoder.hpp"
#include "video/kernels.hpp"

namespace cms::encoder::test {

// Not a byte to spare, so that a sanitizer sees every step outside.
struct OwnedPicture {
    OwnedPicture(int w, int h)
        : width(w), y(static_cast<std::size_t>(w * h), 80), u(static_cast<std::size_t>(w * h / 4), 128), v(u) {}
    video::Source source() const {
        return {{y.data(), width, y.size()}, {u.data(), width / 2, u.size()}, {v.data(), width / 2, v.size()}};
    }
    void shake(std::mt19937& random) {
        for (std::uint8_t& each : y) each = static_cast<std::uint8_t>(60 + random() % 60);
    }
    int width;
    std::vector<std::uint8_t> y, u, v;
};

// Nothing but these rectangles.
inline video::MacroblockMap marked(int width, int height, std::initializer_list<video::Rectangle> rectangles) {
    video::MacroblockMap map(width, height);
    map.clear();
    for (const video::Rectangle& each : rectangles) map.mark(each);
    return map;
}

// Bad pictures, maps, times and rates, for a new encoder of 32x32; then it goes on.
inline void check_refusals(PictureEncoder& encoder) {
    constexpr double kStep = 1.0 / 30;
    OwnedPicture right(32, 32), small(32, 30);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const video::MacroblockMap other(32, 34);
    CHECK_THROWS_AS(encoder.encode(small.source(), false, nullptr, kStep), std::invalid_argument);
    CHECK_THROWS_AS(encoder.encode(right.source(), false, nullptr, nan), std::invalid_argument);
    CHECK_THROWS_AS(encoder.encode(right.source(), false, &other, kStep), std::invalid_argument);
    CHECK_THROWS_AS(encoder.set_bitrate(-5), std::invalid_argument);
    CHECK(encoder.encode(right.source(), false, nullptr, kStep).key_frame);
}

}  // namespace cms::encoder::test
