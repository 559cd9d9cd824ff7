// From whom packets are taken, and to whom they go: the negotiated address, or the one that the peer turns out to use.
//
// Symmetric RTP (RFC 4961) behind a NAT: nothing ever comes from the address in SDP, so the session latches onto where media
// does come from. Authenticated packets (SRTP) latch at once and may move later. Plain ones latch at once when only the
// port differs; from another host only after `kPatienceS` without a word from the negotiated address and `kProofPackets`
// in a row from the same place. Whoever speaks from the negotiated address wins for good.
#pragma once

#include <cstdint>

#include "session/address.hpp"

namespace cms::session {

class SourceGate {
public:
    static constexpr double kPatienceS = 1.0;
    static constexpr int kProofPackets = 5;

    enum class Verdict : std::uint8_t {
        Accept,
        Unproven,  // may become the peer: dropped, but nobody's fault yet
        Stranger,
    };

    // Called at every negotiation; what was learnt stays when the address is the same.
    void expect(const Address& negotiated, double now_s);

    // Call only with packets whose payload type was negotiated.
    Verdict judge(const Address& from, bool authenticated, double now_s);

    // True when a packet from there would be accepted without learning anything new.
    bool knows(const Address& from) const { return from == negotiated_ || (latched_ && from == current_); }

    const Address& peer() const { return current_; }
    // The negotiated address has spoken: plain packets from elsewhere will never be accepted.
    bool confirmed() const { return confirmed_; }
    bool latched() const { return latched_; }

private:
    void latch(const Address& from);
    bool proven(const Address& from, double now_s);

    Address negotiated_;
    Address current_;
    bool expecting_ = false;
    bool confirmed_ = false;  // the negotiated address has spoken
    bool latched_ = false;
    double since_s_ = 0;
    Address candidate_;
    int candidate_packets_ = 0;
};

}  // namespace cms::session
