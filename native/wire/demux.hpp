// What a datagram is, by its first bytes: RFC 7983 (STUN, DTLS, TURN, RTP) and RFC 5761 §4 (RTP or RTCP).
#pragma once

#include "wire/bytes.hpp"

namespace cms::wire {

enum class PacketKind : std::uint8_t { Stun, Zrtp, Dtls, TurnChannel, Rtp, Rtcp, Unknown };

inline PacketKind classify(Bytes packet) {
    if (packet.size() < 2) return PacketKind::Unknown;
    const std::uint8_t first = packet[0];
    if (first <= 3) return PacketKind::Stun;
    if (first >= 16 && first <= 19) return PacketKind::Zrtp;
    if (first >= 20 && first <= 63) return PacketKind::Dtls;
    if (first >= 64 && first <= 79) return PacketKind::TurnChannel;
    if (first < 128 || first > 191) return PacketKind::Unknown;
    // RTCP types 192..223 are RTP payload types 64..95 with the marker set: nobody may assign those.
    return packet[1] >= 192 && packet[1] <= 223 ? PacketKind::Rtcp : PacketKind::Rtp;
}

}  // namespace cms::wire
