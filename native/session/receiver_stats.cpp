#include "session/receiver_stats.hpp"

#include <algorithm>
#include <cmath>

namespace cms::session {

namespace {
// RFC 3550 A.1: a wider gap, or an older packet, is not believed at first sight.
constexpr int kMaxDropout = 3000;
constexpr int kMaxMisorder = 100;
}  // namespace

void RtpReceiverStats::restart() {
    RtpReceiverStats fresh;
    fresh.lost_before_restart_ = lost();
    fresh.restarts_ = restarts_ + (started_ ? 1 : 0);
    *this = fresh;
}

void RtpReceiverStats::begin(std::uint16_t sequence) {
    started_ = true;
    // One cycle up, so that an earlier packet which comes late does not become negative.
    first_ = highest_ = 0x10000 + sequence;
    suspect_next_.reset();
}

std::optional<std::int64_t> RtpReceiverStats::received(std::uint16_t sequence, std::uint32_t rtp_timestamp,
                                                       int clock_hz, double arrival_s) {
    if (!started_) begin(sequence);
    const auto delta = static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - highest_));
    const bool believable = delta < kMaxDropout && delta > -kMaxMisorder;
    if (!believable) {
        if (suspect_next_ != sequence) {
            suspect_next_ = static_cast<std::uint16_t>(sequence + 1);
            return std::nullopt;
        }
        const std::int64_t before = highest_;
        restart();
        begin(sequence);
        // Going on upwards keeps extended numbers unique for those who store packets by them.
        first_ = highest_ = ((before >> 16) + 1) * 0x10000 + sequence;
        ++received_;
        note_jitter(rtp_timestamp, clock_hz, arrival_s);
        return highest_;
    }
    suspect_next_.reset();
    ++received_;
    const std::int64_t extended = highest_ + delta;
    highest_ = std::max(highest_, extended);
    first_ = std::min(first_, extended);
    note_jitter(rtp_timestamp, clock_hz, arrival_s);
    return extended;
}

void RtpReceiverStats::note_jitter(std::uint32_t rtp_timestamp, int clock_hz, double arrival_s) {
    if (clock_hz == clock_hz_) {
        const double sent_ticks = static_cast<std::int32_t>(rtp_timestamp - last_timestamp_);
        const double deviation = std::abs((arrival_s - last_arrival_s_) * clock_hz - sent_ticks);
        // A pause with a jump of the timestamp is no jitter.
        if (deviation < clock_hz) jitter_ticks_ += (deviation - jitter_ticks_) / 16;
    } else {
        jitter_ticks_ = 0;
    }
    clock_hz_ = clock_hz;
    last_arrival_s_ = arrival_s;
    last_timestamp_ = rtp_timestamp;
}

void RtpReceiverStats::sender_report(std::uint64_t ntp, double arrival_s) {
    last_sr_ntp_ = ntp;
    last_sr_s_ = arrival_s;
}

wire::ReportBlock RtpReceiverStats::report(std::uint32_t ssrc, double now_s) {
    wire::ReportBlock block;
    block.ssrc = ssrc;
    const std::int64_t expected_now = expected() - expected_before_;
    const std::int64_t lost_now = expected_now - (received_ - received_before_);
    expected_before_ = expected();
    received_before_ = received_;
    if (expected_now > 0 && lost_now > 0) {
        block.fraction_lost = static_cast<std::uint8_t>(std::min<std::int64_t>(255, 256 * lost_now / expected_now));
    }
    const std::int64_t lost_in_all = std::clamp<std::int64_t>(expected() - received_, -0x800000, 0x7fffff);
    block.packets_lost = static_cast<std::int32_t>(lost_in_all);
    block.highest_sequence = static_cast<std::uint32_t>(highest_ - 0x10000);
    block.jitter_ticks = static_cast<std::uint32_t>(jitter_ticks_);
    if (last_sr_ntp_ != 0) {
        block.last_sr = wire::ntp_middle(last_sr_ntp_);
        block.delay_since_sr = static_cast<std::uint32_t>(std::llround((now_s - last_sr_s_) * 65536));
    }
    return block;
}

std::uint64_t RtpReceiverStats::lost() const {
    const std::int64_t missing = started_ ? std::max<std::int64_t>(0, expected() - received_) : 0;
    return lost_before_restart_ + static_cast<std::uint64_t>(missing);
}

double RtpReceiverStats::jitter_s() const { return clock_hz_ > 0 ? jitter_ticks_ / clock_hz_ : 0; }

}  // namespace cms::session
