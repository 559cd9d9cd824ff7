#include "video/macroblock_map.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include "video/checks.hpp"

namespace cms::video {
namespace {

int blocks(int pixels) { return (pixels + MacroblockMap::kSide - 1) / MacroblockMap::kSide; }

int checked(int side) {
    if (side < 1 || side > kMaxSide) throw std::invalid_argument("a side of the map is not in 1..16384");
    return side;
}

}  // namespace

MacroblockMap::MacroblockMap(int width, int height)
    : width_(checked(width)), height_(checked(height)), columns_(blocks(width)),
      marked_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(blocks(height)), 1) {}

void MacroblockMap::mark_all() { std::fill(marked_.begin(), marked_.end(), std::uint8_t{1}); }

void MacroblockMap::clear() { std::fill(marked_.begin(), marked_.end(), std::uint8_t{0}); }

std::span<std::uint8_t> MacroblockMap::row(int number) {
    const auto columns = static_cast<std::size_t>(columns_);
    return std::span(marked_).subspan(static_cast<std::size_t>(number) * columns, columns);
}

void MacroblockMap::mark(Rectangle r) {
    check(r);
    if (r.width == 0 || r.height == 0) return;
    for (int number = r.y / kSide; number < blocks(r.y + r.height); ++number) {
        const auto first = row(number).begin();
        std::fill(first + r.x / kSide, first + blocks(r.x + r.width), std::uint8_t{1});
    }
}

void MacroblockMap::mark(const MacroblockMap& other) {
    if (other.width_ != width_ || other.height_ != height_) throw std::invalid_argument("changed: a map of another size");
    for (std::size_t i = 0; i < marked_.size(); ++i) marked_[i] |= other.marked_[i];
}

void MacroblockMap::check(Rectangle r) const {
    // By subtraction: a sum of two hostile numbers could wrap.
    if (r.x < 0 || r.y < 0 || r.width < 0 || r.height < 0 || r.x > width_ - r.width || r.y > height_ - r.height)
        throw std::invalid_argument("changed: a rectangle leaves the picture");
}

}  // namespace cms::video
