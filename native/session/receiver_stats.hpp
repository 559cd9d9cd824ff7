// Reception of one RTP source: sequence, loss and jitter as RFC 3550 appendix A.1, A.3 and A.8 define them.
//
// Deviation: no probation. The source was negotiated, so its first packet counts.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/rtcp.hpp"

namespace cms::session {

class RtpReceiverStats {
public:
    // A new source: everything but the cumulative totals starts over.
    void restart();

    // Accounts one packet. Returns its extended sequence number; nothing when it jumped so far that it is not believed
    // until the next one follows it.
    std::optional<std::int64_t> received(std::uint16_t sequence, std::uint32_t rtp_timestamp, int clock_hz,
                                         double arrival_s);

    void sender_report(std::uint64_t ntp, double arrival_s);

    // The block for a report sent now; begins a new interval for fraction_lost.
    wire::ReportBlock report(std::uint32_t ssrc, double now_s);

    bool started() const { return started_; }
    // Since the session began, over all sources; never negative (duplicates may make RFC 3550's number so).
    std::uint64_t lost() const;
    double jitter_s() const;
    std::uint64_t restarts() const { return restarts_; }

private:
    void begin(std::uint16_t sequence);
    void note_jitter(std::uint32_t rtp_timestamp, int clock_hz, double arrival_s);
    std::int64_t expected() const { return highest_ - first_ + 1; }

    bool started_ = false;
    std::int64_t first_ = 0;
    std::int64_t highest_ = 0;  // extended
    std::int64_t received_ = 0;
    std::int64_t expected_before_ = 0;
    std::int64_t received_before_ = 0;
    std::optional<std::uint16_t> suspect_next_;
    std::uint64_t lost_before_restart_ = 0;
    std::uint64_t restarts_ = 0;

    int clock_hz_ = 0;
    double last_arrival_s_ = 0;
    std::uint32_t last_timestamp_ = 0;
    double jitter_ticks_ = 0;

    std::uint64_t last_sr_ntp_ = 0;
    double last_sr_s_ = 0;
};

}  // namespace cms::session
