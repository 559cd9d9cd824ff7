// Picture kernels on 8-bit planar 4:2:0: scale, copy, fill, blend, dim, compare.
//
// Pure functions on memory that the caller owns; no allocation, no state, any thread. Rectangles are in pixels of the
// luma plane, even in all four numbers; a function throws std::invalid_argument when one leaves its plane.
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

// Box filter when shrinking, bilinear otherwise.
void scale(const Source& source, Rectangle from, const Target& target, Rectangle to);

void copy(const Source& source, Rectangle from, const Target& target, int x, int y);

void fill(const Target& target, Rectangle to, Colour colour);

// Draws `size` of the overlay at (x, y); `alpha` has one byte per luma pixel, 255 is opaque.
void blend(const Source& overlay, const Alpha& alpha, int width, int height, const Target& target, int x, int y);

// Luma towards black and chroma towards grey: `percent` of the brightness is left.
void dim(const Target& target, Rectangle where, int percent);

// Peak signal to noise ratio of the luma in dB; infinite when equal.
double psnr(const Source& a, const Source& b, int width, int height);

}  // namespace cms::video
