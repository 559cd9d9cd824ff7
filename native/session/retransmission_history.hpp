// A ring of the packets sent last, as they went out, so that a NACK is answered with the same bytes (RFC 4585; RFC 3711
// forbids the same sequence number with another text).
//
// The memory of a slot is kept when it is used again. Retransmission is limited per packet and in all.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "wire/bytes.hpp"

namespace cms::session {

class RetransmissionHistory {
public:
    // 2.4 s at 2 Mbit/s; a power of two.
    static constexpr std::size_t kPackets = 512;
    // The same packet again no sooner than this: a NACK repeated while the first answer is under way.
    static constexpr double kSamePacketS = 0.015;
    // Share of what is sent that may be sent again, with a burst of so many packets.
    static constexpr double kShare = 0.25;
    static constexpr double kBurstPackets = 64;

    // The slot for a new packet; its content is the caller's to write, `size` bytes are then valid.
    std::vector<std::uint8_t>& slot(std::uint16_t sequence, std::size_t capacity);
    void commit(std::uint16_t sequence, std::size_t size);

    // A packet that has been committed and is still held.
    wire::Bytes find(std::uint16_t sequence) const;

    // The same, if the limits allow to send it again now; counts it.
    wire::Bytes again(std::uint16_t sequence, double now_s);

private:
    struct Slot {
        std::vector<std::uint8_t> bytes;
        std::size_t size = 0;  // 0: nothing valid
        std::uint16_t sequence = 0;
        double again_s = -1e9;
    };

    std::array<Slot, kPackets> slots_;
    double allowance_ = kBurstPackets;
};

}  // namespace cms::session
