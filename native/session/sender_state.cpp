#include "session/sender_state.hpp"

#include <cmath>

namespace cms::session {

RtpSenderState::RtpSenderState(int clock_hz, Random& random)
    : clock_hz_(clock_hz), origin_timestamp_(static_cast<std::uint32_t>(random())) {
    renew(random);
}

// The first sequence number is below 2^15 so that the first wrap, which SRTP counts, is not lost with early packets
// (RFC 3711 section 3.3.1).
void RtpSenderState::renew(Random& random) {
    ssrc_ = static_cast<std::uint32_t>(random()) | 1U;
    sequence_ = static_cast<std::uint16_t>(random() & 0x7fff);
    packets_ = 0;
    bytes_ = 0;
}

std::uint32_t RtpSenderState::timestamp_at(double capture_s) const {
    const auto ticks = std::llround((capture_s - origin_s_) * clock_hz_);
    return origin_timestamp_ + static_cast<std::uint32_t>(ticks);
}

void RtpSenderState::set_clock(int clock_hz, double now_s) {
    if (clock_hz == clock_hz_) return;
    origin_timestamp_ = timestamp_at(now_s);
    origin_s_ = now_s;
    clock_hz_ = clock_hz;
}

void RtpSenderState::sent(std::size_t payload_bytes) {
    ++packets_;
    bytes_ += payload_bytes;
}

wire::SenderInfo RtpSenderState::report(const WallClock& clock, double now_s) const {
    wire::SenderInfo info;
    info.ntp = clock.ntp(now_s);
    info.rtp_timestamp = timestamp_at(now_s);
    info.packets_sent = static_cast<std::uint32_t>(packets_);
    info.bytes_sent = static_cast<std::uint32_t>(bytes_);
    return info;
}

}  // namespace cms::session
