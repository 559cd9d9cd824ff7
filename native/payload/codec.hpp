// Video codecs whose RTP payload formats this core knows.
#pragma once

#include <cstdint>

namespace cms::payload {

enum class VideoCodec : std::uint8_t { H264, Vp8 };

struct PictureSize {
    std::uint32_t width_px = 0;
    std::uint32_t height_px = 0;

    bool operator==(const PictureSize&) const = default;
};

}  // namespace cms::payload
