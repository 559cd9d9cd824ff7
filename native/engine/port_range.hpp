// Pairs of an even RTP port and the odd RTCP port after it (RFC 3550 section 11) out of a range, round and round.
#pragma once

#include <cstdint>

#include "engine/udp_socket.hpp"

namespace cms::engine {

struct PortPair {
    std::uint16_t rtp_port = 0;
    UdpSocket rtp;
    UdpSocket rtcp;
};

class PortRange {
public:
    // Throws std::invalid_argument when no pair fits between the two, both included.
    PortRange(int port_min, int port_max);

    // Binds the next free pair. Going round, a port that was just closed is used again last, when nobody sends there any
    // more. Throws std::system_error: EADDRINUSE when all are taken, or why the address cannot be bound.
    PortPair open(const Address& host);

private:
    int first_;
    int pairs_;
    int next_ = 0;
};

}  // namespace cms::engine
