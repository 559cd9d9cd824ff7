#include "engine/video_fan_out.hpp"

#include <algorithm>

namespace cms::engine {

void VideoFanOut::send(session::VideoSession& session, const Picture& picture, double now_s) {
    const session::VideoSettings& settings = session.settings();
    if (settings.send.codec == payload::VideoCodec::Vp8) {
        session.send_vp8(picture.bytes, picture.key_frame, picture.capture_s, now_s);
        return;
    }
    const Way way{settings.mode, settings.max_payload_bytes};
    Cutter& cutter = cutters_.try_emplace(way, way).first->second;
    if (std::find(fresh_.begin(), fresh_.end(), way) == fresh_.end()) {
        cutter.packetizer.packetize(picture.bytes, cutter.pieces);
        fresh_.push_back(way);
    }
    session.send_picture(cutter.pieces, picture.key_frame, picture.capture_s, now_s);
}

}  // namespace cms::engine
