// Which macroblocks may differ from what the encoder saw last.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "video/kernels.hpp"

namespace cms::encoder {

class MacroblockMap {
public:
    MacroblockMap(int width, int height);

    void mark_all();
    // Throws std::invalid_argument when a rectangle leaves the picture.
    void mark(std::span<const video::Rectangle> changed);
    void clear();
    // One byte per macroblock, row by row: 1 where it may differ.
    const std::vector<std::uint8_t>& marked() const { return marked_; }

private:
    int width_, height_, columns_;
    std::vector<std::uint8_t> marked_;
};

}  // namespace cms::encoder
