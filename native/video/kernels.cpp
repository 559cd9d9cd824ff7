#include "video/kernels.hpp"

#include <libyuv.h>

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace cms::video {
namespace {

constexpr int kMaxSide = 16384;  // keeps every product below 2^31

struct Span {
    int x, y, width, height;
};

Span chroma(Rectangle r) { return {r.x / 2, r.y / 2, r.width / 2, r.height / 2}; }
Span luma(Rectangle r) { return {r.x, r.y, r.width, r.height}; }

template <class Byte>
void check_plane(const BasicPlane<Byte>& plane, Span s) {
    const auto stride = static_cast<std::size_t>(plane.stride);
    const auto right = static_cast<std::size_t>(s.x + s.width);
    const auto last_row = static_cast<std::size_t>(s.y + s.height - 1);
    if (plane.stride <= 0 || right > stride || last_row * stride + right > plane.bytes)
        throw std::invalid_argument("rectangle leaves its plane");
}

void check_rectangle(Rectangle r) {
    if (((r.x | r.y | r.width | r.height) & 1) != 0) throw std::invalid_argument("rectangle is not even");
    const bool sane = r.x >= 0 && r.y >= 0 && r.width > 0 && r.height > 0 && r.x <= kMaxSide &&
                      r.y <= kMaxSide && r.width <= kMaxSide && r.height <= kMaxSide;
    if (!sane) throw std::invalid_argument("rectangle is empty, negative or too large");
}

template <class Byte>
void check(const BasicPicture<Byte>& picture, Rectangle r) {
    check_rectangle(r);
    check_plane(picture.y, luma(r));
    check_plane(picture.u, chroma(r));
    check_plane(picture.v, chroma(r));
}

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

void scale_plane(const BasicPlane<const std::uint8_t>& s, Span from, const BasicPlane<std::uint8_t>& t, Span to) {
    const bool shrinks = to.width < from.width || to.height < from.height;
    libyuv::ScalePlane(at(s, from.x, from.y), s.stride, from.width, from.height, at(t, to.x, to.y), t.stride,
                       to.width, to.height, shrinks ? libyuv::kFilterBox : libyuv::kFilterBilinear);
}

// Exact for 0..255 * 0..255: the rounded quotient by 255 without a division.
constexpr std::uint8_t mix(int below, int above, int alpha) {
    const int sum = below * (255 - alpha) + above * alpha + 128;
    return static_cast<std::uint8_t>((sum + (sum >> 8)) >> 8);
}

void blend_luma_row(const std::uint8_t* over, const std::uint8_t* alpha, std::uint8_t* out, int width) {
    for (int i = 0; i < width; ++i) out[i] = mix(out[i], over[i], alpha[i]);
}

// A chroma sample lies under four luma pixels: it takes the mean of their alphas.
void blend_chroma_row(const std::uint8_t* over, const std::uint8_t* alpha, const std::uint8_t* alpha_below,
                      std::uint8_t* out, int width) {
    for (int i = 0; i < width; ++i) {
        const int sum = alpha[2 * i] + alpha[2 * i + 1] + alpha_below[2 * i] + alpha_below[2 * i + 1];
        out[i] = mix(out[i], over[i], (sum + 2) / 4);
    }
}

// table[v] = base + (v - base) * percent / 100
std::array<std::uint8_t, 256> towards(int base, int percent) {
    std::array<std::uint8_t, 256> table{};
    for (int v = 0; v < 256; ++v) {
        const int value = base + (v - base) * percent / 100;
        table[static_cast<std::size_t>(v)] = static_cast<std::uint8_t>(value < 0 ? 0 : value);
    }
    return table;
}

void map_plane(const BasicPlane<std::uint8_t>& plane, Span s, const std::array<std::uint8_t, 256>& table) {
    for (int row = 0; row < s.height; ++row) {
        std::uint8_t* p = at(plane, s.x, s.y + row);
        for (int i = 0; i < s.width; ++i) p[i] = table[p[i]];
    }
}

}  // namespace

void scale(const Source& source, Rectangle from, const Target& target, Rectangle to) {
    check(source, from);
    check(target, to);
    for_planes(source, from, target, to, scale_plane);
}

void copy(const Source& source, Rectangle from, const Target& target, int x, int y) {
    const Rectangle to{x, y, from.width, from.height};
    check(source, from);
    check(target, to);
    for_planes(source, from, target, to, [](const auto& s, Span a, const auto& t, Span b) {
        libyuv::CopyPlane(at(s, a.x, a.y), s.stride, at(t, b.x, b.y), t.stride, a.width, a.height);
    });
}

void fill(const Target& target, Rectangle to, Colour colour) {
    check(target, to);
    const auto set = [](const BasicPlane<std::uint8_t>& plane, Span s, std::uint8_t value) {
        libyuv::SetPlane(at(plane, s.x, s.y), plane.stride, s.width, s.height, value);
    };
    set(target.y, luma(to), colour.y);
    set(target.u, chroma(to), colour.u);
    set(target.v, chroma(to), colour.v);
}

void blend(const Source& overlay, const Alpha& alpha, int width, int height, const Target& target, int x, int y) {
    const Rectangle from{0, 0, width, height};
    check(overlay, from);
    check(target, {x, y, width, height});
    check_plane(alpha, luma(from));
    for (int row = 0; row < height; ++row)
        blend_luma_row(at(overlay.y, 0, row), at(alpha, 0, row), at(target.y, x, y + row), width);
    for (int row = 0; row < height / 2; ++row) {
        const std::uint8_t* above = at(alpha, 0, 2 * row);
        const std::uint8_t* below = at(alpha, 0, 2 * row + 1);
        blend_chroma_row(at(overlay.u, 0, row), above, below, at(target.u, x / 2, y / 2 + row), width / 2);
        blend_chroma_row(at(overlay.v, 0, row), above, below, at(target.v, x / 2, y / 2 + row), width / 2);
    }
}

void dim(const Target& target, Rectangle where, int percent) {
    if (percent < 0 || percent > 100) throw std::invalid_argument("percent is not in 0..100");
    check(target, where);
    const auto dark = towards(16, percent);
    const auto grey = towards(128, percent);
    map_plane(target.y, luma(where), dark);
    map_plane(target.u, chroma(where), grey);
    map_plane(target.v, chroma(where), grey);
}

double psnr(const Source& a, const Source& b, int width, int height) {
    const Rectangle whole{0, 0, width, height};
    check(a, whole);
    check(b, whole);
    const std::uint64_t error =
        libyuv::ComputeSumSquareErrorPlane(a.y.data, a.y.stride, b.y.data, b.y.stride, width, height);
    if (error == 0) return std::numeric_limits<double>::infinity();
    const double mean = static_cast<double>(error) / (static_cast<double>(width) * height);
    return 10.0 * std::log10(255.0 * 255.0 / mean);
}

}  // namespace cms::video
