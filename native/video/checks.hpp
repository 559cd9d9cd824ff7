// What every kernel asks of its rectangles, and the way from a picture's rectangle to the bytes of its planes.
#pragma once

#include "video/picture.hpp"

namespace cms::video {

constexpr int kMaxSide = 16384;  // keeps every product below 2^31

// A rectangle in the samples of one plane.
struct Span {
    int x, y, width, height;
};

inline Span luma(Rectangle r) { return {r.x, r.y, r.width, r.height}; }
inline Span chroma(Rectangle r) { return {r.x / 2, r.y / 2, r.width / 2, r.height / 2}; }

// These throw std::invalid_argument.
void check_rectangle(Rectangle r);
void check_plane(const BasicPlane<const std::uint8_t>& plane, Span s);
void check(const Source& picture, Rectangle r);
void check(const Target& picture, Rectangle r);

template <class Byte>
Byte* at(const BasicPlane<Byte>& plane, int x, int y) {
    return plane.data + static_cast<std::ptrdiff_t>(y) * plane.stride + x;
}

// Applies `step(source plane, from, target plane, to)` to the three planes.
template <class Step>
void for_planes(const Source& s, Rectangle from, const Target& t, Rectangle to, Step step) {
    step(s.y, luma(from), t.y, luma(to));
    step(s.u, chroma(from), t.u, chroma(to));
    step(s.v, chroma(from), t.v, chroma(to));
}

}  // namespace cms::video
