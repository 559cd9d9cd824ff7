// Which macroblocks of a picture, 16 by 16 luma pixels each, may differ from what was there before.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "video/picture.hpp"

namespace cms::video {

class MacroblockMap {
public:
    static constexpr int kSide = 16;

    // All of it is marked. Throws std::invalid_argument for a side that is not in 1..16384.
    MacroblockMap(int width, int height);

    int width() const { return width_; }
    int height() const { return height_; }

    void mark_all();
    // Every macroblock that the rectangle touches. Throws std::invalid_argument when it leaves the picture.
    void mark(Rectangle changed);
    // What is marked there. Throws std::invalid_argument when that is a map of another size.
    void mark(const MacroblockMap& other);
    void clear();

    // One byte per macroblock, row by row: 1 where it may differ.
    const std::vector<std::uint8_t>& marked() const { return marked_; }
    std::span<std::uint8_t> row(int number);

    // Throws std::invalid_argument when the rectangle leaves the picture.
    void check(Rectangle inside) const;

private:
    int width_, height_, columns_;
    std::vector<std::uint8_t> marked_;
};

}  // namespace cms::video
