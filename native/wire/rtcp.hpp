// RTCP (RFC 3550 §6, feedback RFC 4585 and RFC 5104, REMB draft-alvestrand-rmcat-remb-03): parse by visitor, build.
//
// Reduced-size packets (RFC 5506) are accepted: no order or first packet type is asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "wire/bytes.hpp"

namespace cms::wire {

struct ReportBlock {
    std::uint32_t ssrc = 0;          // the source reported on
    std::uint8_t fraction_lost = 0;  // of 256, since the last report
    std::int32_t packets_lost = 0;   // cumulative, 24 bits signed: duplicates may make it negative
    std::uint32_t highest_sequence = 0;  // with cycles in the upper half
    std::uint32_t jitter_ticks = 0;
    std::uint32_t last_sr = 0;           // middle 32 bits of the NTP time of the last SR; 0: none yet
    std::uint32_t delay_since_sr = 0;    // in 1/65536 s
};

struct SenderInfo {
    std::uint64_t ntp = 0;  // 32.32 fixed point seconds since 1900
    std::uint32_t rtp_timestamp = 0;
    std::uint32_t packets_sent = 0;
    std::uint32_t bytes_sent = 0;
};

struct BitrateLimit {
    std::uint32_t ssrc = 0;
    std::uint64_t bitrate_bps = 0;
    std::uint16_t overhead_bytes = 0;  // per packet, as the one who measured it counts (RFC 5104 §4.2.1.1)
};

// What a compound packet said, in order. Override what you care for. Spans live as long as the call.
class RtcpVisitor {
public:
    virtual ~RtcpVisitor() = default;
    virtual void on_sender_report(std::uint32_t /*ssrc*/, const SenderInfo&, std::span<const ReportBlock>) {}
    virtual void on_receiver_report(std::uint32_t /*ssrc*/, std::span<const ReportBlock>) {}
    virtual void on_cname(std::uint32_t /*ssrc*/, std::string_view /*cname*/) {}
    virtual void on_bye(std::uint32_t /*ssrc*/) {}
    // Once per packet asked for again.
    virtual void on_nack(std::uint32_t /*media_ssrc*/, std::uint16_t /*sequence*/) {}
    virtual void on_pli(std::uint32_t /*media_ssrc*/) {}
    // `command` counts wishes: a repeated number is the same wish (RFC 5104 §4.3.1).
    virtual void on_fir(std::uint32_t /*sender_ssrc*/, std::uint32_t /*media_ssrc*/, std::uint8_t /*command*/) {}
    virtual void on_remb(std::uint64_t /*bitrate_bps*/) {}
    virtual void on_tmmbr(std::uint32_t /*sender_ssrc*/, const BitrateLimit&) {}
    virtual void on_tmmbn(std::uint32_t /*sender_ssrc*/, const BitrateLimit&) {}
};

struct RtcpOutcome {
    bool well_formed = false;   // the chain of headers and lengths was sound; if not, nothing was visited
    std::uint16_t packets = 0;  // in the compound
    std::uint16_t ignored = 0;  // types we do not read (APP, XR, transport-wide feedback, ...)
    std::uint16_t malformed = 0;  // sound header, unsound inside: skipped
};

RtcpOutcome parse_rtcp(Bytes compound, RtcpVisitor& visitor);

// Appends packets to a caller's buffer. Each call appends one whole packet and returns true, or leaves the
// buffer as it was and returns false when there is no room or the argument cannot be expressed.
class RtcpWriter {
public:
    explicit RtcpWriter(MutableBytes out) : out_(out) {}

    Bytes written() const { return out_.first(size_); }
    std::size_t size() const { return size_; }

    // At most 31 blocks.
    bool sender_report(std::uint32_t ssrc, const SenderInfo& info, std::span<const ReportBlock> blocks);
    bool receiver_report(std::uint32_t ssrc, std::span<const ReportBlock> blocks);
    bool sdes_cname(std::uint32_t ssrc, std::string_view cname);  // at most 255 bytes
    bool bye(std::uint32_t ssrc);
    // `sequences` in sending order (wrapping allowed); neighbours share one FCI entry (RFC 4585 §6.2.1).
    bool nack(std::uint32_t sender_ssrc, std::uint32_t media_ssrc, std::span<const std::uint16_t> sequences);
    bool pli(std::uint32_t sender_ssrc, std::uint32_t media_ssrc);
    bool fir(std::uint32_t sender_ssrc, std::uint32_t media_ssrc, std::uint8_t command);
    bool remb(std::uint32_t sender_ssrc, std::uint64_t bitrate_bps, std::span<const std::uint32_t> ssrcs);
    bool tmmbr(std::uint32_t sender_ssrc, const BitrateLimit& limit);
    // An empty list says that nothing bounds us (RFC 5104 §4.2.2.1).
    bool tmmbn(std::uint32_t sender_ssrc, std::span<const BitrateLimit> bounding_set);

private:
    std::uint8_t* begin(std::size_t bytes, std::uint8_t count, std::uint8_t type);
    std::uint8_t* begin_feedback(std::size_t fci_bytes, std::uint8_t format, std::uint8_t type,
                                 std::uint32_t sender_ssrc, std::uint32_t media_ssrc);
    bool bitrate_list(std::uint8_t format, std::uint32_t sender_ssrc, std::span<const BitrateLimit> limits);

    MutableBytes out_;
    std::size_t size_ = 0;
};

// Seconds since the Unix epoch as 32.32 NTP time.
std::uint64_t ntp_from_unix(double unix_s);

// The middle 32 bits: the unit of last_sr, delay_since_sr and of round-trip arithmetic (RFC 3550 §6.4.1).
inline std::uint32_t ntp_middle(std::uint64_t ntp) { return static_cast<std::uint32_t>(ntp >> 16); }

// Round trip from a report block that came in when our clock read `now_ntp`; 0 when the block cannot tell.
double round_trip_s(const ReportBlock& block, std::uint64_t now_ntp);

}  // namespace cms::wire
