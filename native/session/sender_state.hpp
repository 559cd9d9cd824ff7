// What we send under one SSRC: sequence numbers, the mapping from our clock to RTP timestamps, the sender report.
//
// All streams of one engine share one WallClock, so a receiver that lines up sender reports of audio and video (same CNAME)
// lines up what was heard and shown at the same moment.
#pragma once

#include <cstdint>
#include <random>

#include "wire/rtcp.hpp"

namespace cms::session {

// One per thread that runs sessions; passed in so that a test repeats exactly.
using Random = std::mt19937_64;

// Turns monotonic seconds into NTP time; fixed when the engine starts, so reports never jump with the system's clock.
struct WallClock {
    double unix_minus_monotonic_s = 0;

    std::uint64_t ntp(double now_s) const { return wire::ntp_from_unix(now_s + unix_minus_monotonic_s); }
};

class RtpSenderState {
public:
    RtpSenderState(int clock_hz, Random& random);

    std::uint32_t ssrc() const { return ssrc_; }
    std::uint16_t next_sequence() { return sequence_++; }

    // The timestamp of what was captured then; monotonic in `capture_s`.
    std::uint32_t timestamp_at(double capture_s) const;

    // Another SSRC with a numbering of its own; timestamps go on.
    void renew(Random& random);

    // The clock changed with the codec: timestamps go on from now in the new unit.
    void set_clock(int clock_hz, double now_s);

    void sent(std::size_t payload_bytes);

    wire::SenderInfo report(const WallClock& clock, double now_s) const;
    std::uint64_t packets() const { return packets_; }
    std::uint64_t bytes() const { return bytes_; }

private:
    std::uint32_t ssrc_ = 0;
    std::uint16_t sequence_ = 0;
    int clock_hz_;
    double origin_s_ = 0;
    std::uint32_t origin_timestamp_;
    std::uint64_t packets_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace cms::session
