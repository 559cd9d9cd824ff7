// H.264: payloads to pictures through the assembler, pictures to payloads, parameter sets to sizes.
//
// Input: one byte, 0 for records of packets (payload_records.hpp), 1 for an access unit to packetize, 2 for an SPS.
#include <vector>

#include "fuzz/payload_records.hpp"
#include "payload/h264.hpp"

using namespace cms;

namespace {

void packetize(wire::Bytes annex_b) {
    constexpr std::size_t kLimit = 100;
    payload::H264Packetizer packetizer(payload::H264Mode::NonInterleaved, kLimit);
    std::vector<payload::PayloadPiece> pieces;
    packetizer.packetize(annex_b, pieces);
    std::vector<std::uint8_t> bytes(kLimit);
    for (const auto& piece : pieces) {
        fuzz::require(piece.size() <= kLimit && piece.write(bytes) == piece.size());
        fuzz::require(piece.marker == (&piece == &pieces.back()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const wire::Bytes rest = wire::Bytes(data, size).subspan(1);
    if (data[0] == 1) {
        packetize(rest);
    } else if (data[0] == 2) {
        const auto picture = payload::h264_picture_size(rest);
        fuzz::require(!picture || (picture->width_px <= 16384 && picture->height_px <= 32768));
    } else {
        payload::FrameAssembler assembler(payload::make_payload_format(payload::VideoCodec::H264), {.slots = 256});
        fuzz::feed_records(assembler, rest);
    }
    return 0;
}
