#include "video/checks.hpp"

#include <stdexcept>

namespace cms::video {
namespace {

BasicPlane<const std::uint8_t> as_const(const BasicPlane<std::uint8_t>& plane) {
    return {plane.data, plane.stride, plane.bytes};
}

}  // namespace

void check_rectangle(Rectangle r) {
    if (((r.x | r.y | r.width | r.height) & 1) != 0) throw std::invalid_argument("rectangle is not even");
    const bool sane = r.x >= 0 && r.y >= 0 && r.width > 0 && r.height > 0 && r.x <= kMaxSide &&
                      r.y <= kMaxSide && r.width <= kMaxSide && r.height <= kMaxSide;
    if (!sane) throw std::invalid_argument("rectangle is empty, negative or too large");
}

void check_plane(const BasicPlane<const std::uint8_t>& plane, Span s) {
    const auto stride = static_cast<std::size_t>(plane.stride);
    const auto right = static_cast<std::size_t>(s.x + s.width);
    const auto last_row = static_cast<std::size_t>(s.y + s.height - 1);
    if (plane.stride <= 0 || right > stride || last_row * stride + right > plane.bytes)
        throw std::invalid_argument("rectangle leaves its plane");
}

void check(const Source& picture, Rectangle r) {
    check_rectangle(r);
    check_plane(picture.y, luma(r));
    check_plane(picture.u, chroma(r));
    check_plane(picture.v, chroma(r));
}

void check(const Target& picture, Rectangle r) {
    check({as_const(picture.y), as_const(picture.u), as_const(picture.v)}, r);
}

}  // namespace cms::video
