// Fuzz input as RTP packets: what the targets for payload formats have in common.
//
// A record is: sequence step (signed), timestamp step, flags (bit 0 marker, bit 1 large sequence step, the rest
// milliseconds since the last), payload length; then the payload.
#pragma once

#include <algorithm>
#include <cstdint>

#include "fuzz/require.hpp"
#include "payload/frame_assembler.hpp"

namespace cms::fuzz {

inline void take_all(payload::FrameAssembler& assembler, double now_s, payload::AccessUnit& picture) {
    // One packet completes at most as many pictures as there are packets held.
    for (unsigned taken = 0; assembler.pop(now_s, picture); ++taken) {
        require(taken <= 4096);
        require(picture.data.size() <= (1u << 20));
        require(picture.damaged || !picture.data.empty());
    }
}

inline void feed_records(payload::FrameAssembler& assembler, wire::Bytes input) {
    payload::AccessUnit picture;
    wire::RtpView packet;
    double now_s = 0;
    while (input.size() >= 4) {
        const auto step = static_cast<std::int8_t>(input[0]);
        packet.sequence = static_cast<std::uint16_t>(packet.sequence + step * ((input[2] & 2) != 0 ? 300 : 1));
        packet.timestamp += input[1];
        packet.marker = (input[2] & 1) != 0;
        now_s += (input[2] >> 2) * 0.001;
        const std::size_t bytes = std::min<std::size_t>(input[3], input.size() - 4);
        packet.payload = input.subspan(4, bytes);
        input = input.subspan(4 + bytes);
        assembler.push(packet, now_s);
        take_all(assembler, now_s, picture);
    }
    take_all(assembler, now_s + 10, picture);
    require(assembler.stats().damaged <= assembler.stats().pictures);
}

}  // namespace cms::fuzz
