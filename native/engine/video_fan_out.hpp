// One encoded picture to all streams of a view: cut once per way of cutting, then numbered and encrypted per stream.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "payload/h264.hpp"
#include "payload/piece.hpp"
#include "session/video_session.hpp"

namespace cms::engine {

struct Picture {
    wire::Bytes bytes;
    double capture_s = 0;
    bool key_frame = false;
};

class VideoFanOut {
public:
    // The next send cuts anew.
    void begin() { fresh_.clear(); }

    void send(session::VideoSession& session, const Picture& picture, double now_s);

private:
    using Way = std::pair<payload::H264Mode, std::size_t>;  // mode and payload limit

    struct Cutter {
        explicit Cutter(const Way& way) : packetizer(way.first, way.second) {}
        payload::H264Packetizer packetizer;
        std::vector<payload::PayloadPiece> pieces;
    };

    // There are two modes and hardly more than one payload limit.
    std::map<Way, Cutter> cutters_;
    std::vector<Way> fresh_;  // cut for the present picture
};

}  // namespace cms::engine
