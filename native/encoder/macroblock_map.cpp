#include "encoder/macroblock_map.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace cms::encoder {
namespace {

constexpr int kSide = 16;

int blocks(int pixels) { return (pixels + kSide - 1) / kSide; }

}  // namespace

MacroblockMap::MacroblockMap(int width, int height)
    : width_(width), height_(height), columns_(blocks(width)),
      marked_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(blocks(height)), 1) {}

void MacroblockMap::mark_all() { std::fill(marked_.begin(), marked_.end(), std::uint8_t{1}); }

void MacroblockMap::clear() { std::fill(marked_.begin(), marked_.end(), std::uint8_t{0}); }

void MacroblockMap::mark(std::span<const video::Rectangle> changed) {
    for (const video::Rectangle& r : changed) {
        // By subtraction: a sum of two hostile numbers could wrap.
        if (r.x < 0 || r.y < 0 || r.width < 0 || r.height < 0 || r.x > width_ - r.width || r.y > height_ - r.height)
            throw std::invalid_argument("changed: a rectangle leaves the picture");
        if (r.width == 0 || r.height == 0) continue;
        for (int row = r.y / kSide; row < blocks(r.y + r.height); ++row) {
            const auto first = marked_.begin() + static_cast<std::ptrdiff_t>(row) * columns_;
            std::fill(first + r.x / kSide, first + blocks(r.x + r.width), std::uint8_t{1});
        }
    }
}

}  // namespace cms::encoder
