#include "encoder/activity.hpp"

#include <cstdlib>
#include <cstring>

namespace cms::encoder {
namespace {

constexpr int kRowStep = 8;  // two rows of each macroblock

std::uint32_t difference(const std::uint8_t* a, const std::uint8_t* b, int count) {
    std::uint32_t sum = 0;
    for (int i = 0; i < count; ++i) sum += static_cast<std::uint32_t>(std::abs(a[i] - b[i]));
    return sum;
}

const std::uint8_t* row_of(const video::Source& picture, int y) {
    return picture.y.data + static_cast<std::ptrdiff_t>(y) * picture.y.stride;
}

}  // namespace

ActivityMeter::ActivityMeter(int width, int height)
    : width_(width), height_(height), rows_(static_cast<std::size_t>(width) * ((height + kRowStep - 1) / kRowStep)) {}

Activity ActivityMeter::look(const video::Source& picture) const {
    std::uint64_t spatial = 0, temporal = 0;
    const std::uint8_t* kept = rows_.data();
    for (int y = 0; y < height_; y += kRowStep, kept += width_) {
        const std::uint8_t* row = row_of(picture, y);
        spatial += difference(row, row + 1, width_ - 1);
        temporal += difference(row, kept, width_);
    }
    const double pixels = static_cast<double>(rows_.size());
    return {static_cast<double>(spatial) / pixels, static_cast<double>(temporal) / pixels};
}

void ActivityMeter::keep(const video::Source& picture) {
    std::uint8_t* kept = rows_.data();
    for (int y = 0; y < height_; y += kRowStep, kept += width_)
        std::memcpy(kept, row_of(picture, y), static_cast<std::size_t>(width_));
}

}  // namespace cms::encoder
