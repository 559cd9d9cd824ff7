// What a stream tells about itself; the dictionary of Engine.stats has the same names.
#pragma once

#include <cstdint>
#include <string_view>

namespace cms::session {

struct StreamStats {
    std::uint64_t packets_received = 0;  // RTP, accepted
    std::uint64_t bytes_received = 0;    // payload
    std::uint64_t packets_lost = 0;      // RFC 3550: missing now, after retransmissions
    double jitter_ms = 0;                // RFC 3550 A.8
    std::uint64_t packets_sent = 0;
    std::uint64_t bytes_sent = 0;
    double round_trip_ms = 0;                // 0: not known yet
    std::uint64_t remote_packets_lost = 0;   // what the peer says
    std::uint64_t concealed_ticks = 0;       // audio
    std::uint64_t late_packets = 0;          // came after their turn
    double jitter_buffer_ms = 0;             // audio
    std::uint64_t malformed = 0;             // RTP, RTCP and payloads together
    std::uint64_t unknown_payload_type = 0;
    std::uint64_t srtp_failures = 0;
    std::uint64_t strangers = 0;
    std::uint64_t nacks_sent = 0;      // packets asked for
    std::uint64_t nacks_received = 0;
    std::uint64_t retransmitted = 0;
    std::uint64_t key_frames_requested = 0;  // PLI and FIR that we sent
    std::uint64_t key_frame_requests = 0;    // and that we got, unlimited
    std::uint64_t access_units = 0;
    std::uint64_t damaged_access_units = 0;
    std::uint64_t source_changes = 0;        // SSRC of the peer
    std::uint64_t bitrate_limit_bps = 0;     // TMMBR or REMB of the peer, 0: none
    std::uint64_t replayed = 0;
    std::uint64_t unproven = 0;              // from an address not yet believed
    std::uint64_t not_rtp = 0;               // STUN, DTLS, keep-alives, noise
    std::uint64_t ignored_packets = 0;       // before a negotiation, on hold, of a source that was left
    std::uint64_t dropped_access_units = 0;  // because they were not taken in time
    std::string_view codec_received;         // of what came last
};

}  // namespace cms::session
