#include "payload/payload_format.hpp"

#include "payload/h264.hpp"
#include "payload/vp8.hpp"

namespace cms::payload {

std::unique_ptr<PayloadFormat> make_payload_format(VideoCodec codec) {
    if (codec == VideoCodec::Vp8) return std::make_unique<Vp8Format>();
    return std::make_unique<H264Format>();
}

}  // namespace cms::payload
