// The wire side that audio and video share: datagrams in, checked and decrypted; packets out, encrypted and addressed.
//
//   datagram -> RTP or RTCP? -> SRTP off -> header -> payload type -> source address -> Incoming
//   packet -> SRTP on -> sink
#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "session/address.hpp"
#include "session/fault_log.hpp"
#include "session/ports.hpp"
#include "session/source_gate.hpp"
#include "wire/rtp.hpp"
#include "wire/srtp.hpp"

namespace cms::session {

struct SrtpKey {
    wire::SrtpSuite suite{};
    std::vector<std::uint8_t> key_and_salt;

    bool operator==(const SrtpKey&) const = default;
};

struct LinkSettings {
    Address remote_rtp;
    Address remote_rtcp;
    bool rtcp_mux = false;
    std::optional<SrtpKey> srtp_send;
    std::optional<SrtpKey> srtp_receive;
};

using PayloadTypes = std::bitset<128>;

struct Incoming {
    bool rtcp = false;
    Bytes packet;          // in the clear
    wire::RtpView rtp;     // unless rtcp
};

struct LinkStats {
    std::uint64_t datagrams = 0;
    std::uint64_t bytes = 0;
    std::uint64_t replayed = 0;   // SRTP packets seen before
    std::uint64_t not_rtp = 0;    // STUN, DTLS, keep-alives, noise
    std::uint64_t unproven = 0;   // from an address that was not yet believed
    std::uint64_t send_failures = 0;
};

class Link {
public:
    Link(PacketSink& sink, FaultLog& faults) : sink_(sink), faults_(faults) {}

    // Contexts whose key did not change go on. Returns true when the sending key is new: the caller takes a new SSRC, so
    // that both sides count its rollovers from zero.
    bool apply(const LinkSettings& settings, const PayloadTypes& accepted, double now_s);

    // Nothing when the datagram was dropped, and counted.
    std::optional<Incoming> receive(Channel channel, MutableBytes datagram, const Address& from, double now_s);

    // The packet is the first `size` bytes of `buffer`, which has room for kSrtcpMaxGrowthBytes more. protect_rtp returns
    // the new size, 0 when it failed; what it returns may be sent more than once.
    std::size_t protect_rtp(MutableBytes buffer, std::size_t size);
    void send_protected_rtp(Bytes packet);
    void send_protected_rtp(std::span<const Bytes> packets);
    void send_rtcp(MutableBytes buffer, std::size_t size);

    const LinkStats& stats() const { return stats_; }

private:
    std::optional<Incoming> receive_rtp(Channel channel, MutableBytes datagram, const Address& from, double now_s);
    std::optional<Incoming> receive_rtcp(Channel channel, MutableBytes datagram, const Address& from, double now_s);
    bool admit(Channel channel, const Address& from, bool authenticated, double now_s);
    bool decrypted(const wire::SrtpResult& result, Channel channel, const Address& from, Fault malformed);
    void settle();
    SourceGate& gate(Channel channel) { return channel == Channel::Rtp ? rtp_gate_ : rtcp_gate_; }

    PacketSink& sink_;
    FaultLog& faults_;
    LinkSettings settings_;
    PayloadTypes accepted_;
    SourceGate rtp_gate_;
    SourceGate rtcp_gate_;
    bool settled_ = false;  // and the sink knows
    std::unique_ptr<wire::SrtpContext> encrypt_;
    std::unique_ptr<wire::SrtpContext> decrypt_;
    LinkStats stats_;
};

}  // namespace cms::session
