#include <cstring>
#include <stdexcept>

#include "video/checks.hpp"
#include "video/kernels.hpp"

namespace cms::video {
namespace {

void set(const BasicPlane<std::uint8_t>& plane, Span s, std::uint8_t value) {
    for (int y = 0; y < s.height; ++y) std::memset(at(plane, s.x, s.y + y), value, static_cast<std::size_t>(s.width));
}

}  // namespace

void fill(const Target& target, Rectangle to, Colour colour) {
    check(target, to);
    set(target.y, luma(to), colour.y);
    set(target.u, chroma(to), colour.u);
    set(target.v, chroma(to), colour.v);
}

void frame(const Target& target, Rectangle where, int line, Colour colour) {
    check(target, where);
    if (line <= 0 || line > where.width || line > where.height)
        throw std::invalid_argument("rectangle has no room for the line");
    fill(target, {where.x, where.y, where.width, line}, colour);
    fill(target, {where.x, where.y + where.height - line, where.width, line}, colour);
    fill(target, {where.x, where.y, line, where.height}, colour);
    fill(target, {where.x + where.width - line, where.y, line, where.height}, colour);
}

}  // namespace cms::video
