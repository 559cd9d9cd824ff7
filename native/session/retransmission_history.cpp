#include "session/retransmission_history.hpp"

#include <algorithm>

namespace cms::session {

std::vector<std::uint8_t>& RetransmissionHistory::slot(std::uint16_t sequence, std::size_t capacity) {
    Slot& slot = slots_[sequence % kPackets];
    slot.size = 0;
    if (slot.bytes.size() < capacity) slot.bytes.resize(capacity);
    return slot.bytes;
}

void RetransmissionHistory::commit(std::uint16_t sequence, std::size_t size) {
    Slot& slot = slots_[sequence % kPackets];
    slot.size = size;
    slot.sequence = sequence;
    slot.again_s = -1e9;
    allowance_ = std::min(kBurstPackets, allowance_ + kShare);
}

wire::Bytes RetransmissionHistory::find(std::uint16_t sequence) const {
    const Slot& slot = slots_[sequence % kPackets];
    if (slot.size == 0 || slot.sequence != sequence) return {};
    return wire::Bytes(slot.bytes).first(slot.size);
}

wire::Bytes RetransmissionHistory::again(std::uint16_t sequence, double now_s) {
    const wire::Bytes packet = find(sequence);
    Slot& slot = slots_[sequence % kPackets];
    if (packet.empty() || allowance_ < 1 || now_s < slot.again_s + kSamePacketS) return {};
    slot.again_s = now_s;
    allowance_ -= 1;
    return packet;
}

}  // namespace cms::session
