// What a picture is going to cost, guessed from every eighth row before it is encoded.
#pragma once

#include <cstdint>
#include <vector>

#include "video/kernels.hpp"

namespace cms::encoder {

// Mean luma steps per pixel: `spatial` between neighbours in a row, `temporal` against the picture shown.
struct Activity {
    double spatial = 0;
    double temporal = 0;
};

// Keeps the rows of the picture that others are compared with.
class ActivityMeter {
public:
    ActivityMeter(int width, int height);
    // Against the one kept last, black in the beginning.
    Activity look(const video::Source& picture) const;
    void keep(const video::Source& picture);

private:
    int width_, height_;
    std::vector<std::uint8_t> rows_;
};

}  // namespace cms::encoder
