// Picture kernels: scale, copy, fill, blend, dim, dissolve, compare.
//
// Pure functions on memory that the caller owns, on any thread; the same to the bit whatever the processor (dispatch.hpp).
// A function throws std::invalid_argument when a rectangle is not even or leaves its plane. Source and target do not overlap.
#pragma once

#include "video/macroblock_map.hpp"
#include "video/picture.hpp"

namespace cms::video {

// The mean of the area under each pixel when shrinking, bilinear when growing; each direction for itself.
void scale(const Source& source, Rectangle from, const Target& target, Rectangle to);

void copy(const Source& source, Rectangle from, const Target& target, int x, int y);

// The same, and marks the target's macroblocks in which that changed anything; false when it did in none. Throws
// std::invalid_argument, too, when the rectangle leaves the map.
bool update(const Source& source, Rectangle from, const Target& target, int x, int y, MacroblockMap& changed);

void fill(const Target& target, Rectangle to, Colour colour);

// The strips of `line` luma pixels along the inner sides of `where`; `line` is even and fits.
void frame(const Target& target, Rectangle where, int line, Colour colour);

// Draws `size` of the overlay at (x, y); `alpha` has one byte per luma pixel, 255 is opaque.
void blend(const Source& overlay, const Alpha& alpha, int width, int height, const Target& target, int x, int y);

// Luma towards black and chroma towards grey: `percent` of the brightness is left.
void dim(const Target& target, Rectangle where, int percent);

// The target becomes `percent` of the same rectangle of another picture and the rest of itself.
void dissolve(const Source& over, const Target& target, Rectangle where, int percent);

// Peak signal to noise ratio of the luma in dB; infinite when equal.
double psnr(const Source& a, const Source& b, int width, int height);

}  // namespace cms::video
