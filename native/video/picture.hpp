// Pictures in memory that the caller owns: 8-bit planar 4:2:0, and rectangles on them.
//
// Rectangles are in pixels of the luma plane, even in all four numbers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cms::video {

struct Rectangle {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
};

// One plane: rows of `stride` bytes, `bytes` in all.
template <class Byte>
struct BasicPlane {
    Byte* data = nullptr;
    int stride = 0;
    std::size_t bytes = 0;
};

template <class Byte>
struct BasicPicture {
    BasicPlane<Byte> y, u, v;
};

using Source = BasicPicture<const std::uint8_t>;
using Target = BasicPicture<std::uint8_t>;
using Alpha = BasicPlane<const std::uint8_t>;

struct Colour {
    std::uint8_t y = 16;
    std::uint8_t u = 128;
    std::uint8_t v = 128;
};

}  // namespace cms::video
