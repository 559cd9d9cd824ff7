// A picture for the encoders' tests.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

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

}  // namespace cms::encoder::test
