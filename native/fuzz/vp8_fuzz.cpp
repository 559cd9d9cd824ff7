// VP8: payloads to pictures through the assembler, frames to payloads and sizes.
//
// Input: one byte, 0 for records of packets (payload_records.hpp), 1 for a frame.
#include <vector>

#include "fuzz/payload_records.hpp"
#include "payload/vp8.hpp"

using namespace cms;

namespace {

// Whatever is in the frame: packetized and unpacked it is the same.
void go_round(wire::Bytes frame) {
    (void)payload::vp8_picture_size(frame);
    payload::Vp8Packetizer packetizer(100, 7);
    std::vector<payload::PayloadPiece> pieces;
    packetizer.packetize(frame, pieces);
    payload::Vp8Format format;
    std::vector<std::uint8_t> joined;
    std::vector<std::uint8_t> bytes(100);
    format.begin();
    for (const auto& piece : pieces) {
        const std::size_t written = piece.write(bytes);
        fuzz::require(written > 0 && format.append(wire::Bytes(bytes).first(written), false, joined));
    }
    (void)format.end(joined);
    fuzz::require(std::equal(joined.begin(), joined.end(), frame.begin(), frame.end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const wire::Bytes rest = wire::Bytes(data, size).subspan(1);
    if (data[0] == 1) {
        go_round(rest);
    } else {
        payload::FrameAssembler assembler(payload::make_payload_format(payload::VideoCodec::Vp8), {.slots = 256});
        fuzz::feed_records(assembler, rest);
    }
    return 0;
}
