// What audio and video sessions have in common: one peer, one SSRC each way, reports about both.
//
//   datagram -> Link -> RTCP: visitor below | RTP: which source? -> reception statistics -> on_media of the codec side
//
// One thread owns a session; it takes `now` (CLOCK_MONOTONIC seconds) and does no I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "session/link.hpp"
#include "session/receiver_stats.hpp"
#include "session/rtcp_schedule.hpp"
#include "session/sender_state.hpp"
#include "session/silence_watch.hpp"
#include "session/source_selector.hpp"
#include "session/stats.hpp"
#include "wire/rtcp.hpp"

namespace cms::session {

// What a session is given once; all outlive it.
struct SessionWorld {
    PacketSink& sink;
    SessionEvents& events;
    Random& random;
    WallClock clock;
    double silence_timeout_s = 30.0;
};

class RtpSession : protected wire::RtcpVisitor {
public:
    ~RtpSession() override = default;
    RtpSession(const RtpSession&) = delete;
    RtpSession& operator=(const RtpSession&) = delete;

    // One datagram; it is changed in place.
    void on_packet(Channel channel, MutableBytes datagram, const Address& from, double now_s);

    // Neither sends nor receives until the next negotiation (a disabled m-line); no goodbye, the numbering will go on.
    void pause();

    // Says goodbye (RFC 3550 section 6.6). Nothing is sent afterwards.
    void bye(double now_s);

    std::uint32_t ssrc() const { return sender_.ssrc(); }

protected:
    RtpSession(const SessionWorld& world, int clock_hz, double report_interval_s, double now_s);

    void apply_link(const LinkSettings& settings, const PayloadTypes& accepted, const std::string& cname,
                    bool receiving, int clock_hz, double now_s);

    // A packet of the current source. `extended` is missing when the sequence number jumped beyond belief.
    virtual void on_media(const wire::RtpView& packet, std::optional<std::int64_t> extended, const Address& from,
                          double now_s) = 0;
    // RTP clock of a payload type that was accepted.
    virtual int clock_of(std::uint8_t payload_type) const = 0;
    // The peer began to send under another SSRC.
    virtual void on_new_source() = 0;
    // We send under another SSRC from now on.
    virtual void on_renumbered() {}
    // The peer's view of what we send changed.
    virtual void on_loss_report(int /*percent*/) {}
    // Appends what this kind of session has to say beyond the report.
    virtual void write_feedback(wire::RtcpWriter& /*writer*/, double /*now_s*/) {}

    void send_rtcp_if_due(double now_s);
    std::uint32_t remote_ssrc() const { return selector_.current().value_or(0); }
    double round_trip_s() const { return round_trip_s_; }
    // When the RTCP packet being visited came.
    double rtcp_now_s() const { return rtcp_now_s_; }
    void fill_common(StreamStats& stats) const;

    SessionWorld world_;
    FaultLog faults_;
    Link link_;
    RtpSenderState sender_;
    RtpReceiverStats receiver_;
    SourceSelector selector_;
    RtcpSchedule schedule_;
    SilenceWatch silence_;
    bool receiving_ = false;
    bool connected_ = false;  // settings were applied, no BYE sent

private:
    void on_sender_report(std::uint32_t ssrc, const wire::SenderInfo& info,
                          std::span<const wire::ReportBlock> blocks) final;
    void on_receiver_report(std::uint32_t ssrc, std::span<const wire::ReportBlock> blocks) final;

    void on_rtp(const wire::RtpView& packet, const Address& from, double now_s);
    void on_rtcp(Bytes packet, const Address& from, double now_s);
    void read_blocks(std::span<const wire::ReportBlock> blocks);
    void resolve_collision(double now_s);
    void write_report(wire::RtcpWriter& writer, double now_s);
    void renew_sender(double now_s);

    std::string cname_;
    double rtcp_now_s_ = 0;
    double round_trip_s_ = 0;
    std::uint64_t remote_lost_ = 0;
    std::uint64_t packets_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t source_changes_ = 0;
    std::uint64_t ignored_ = 0;
    std::uint64_t reported_packets_ = 0;  // sent when the last report went out
    bool collided_ = false;
};

}  // namespace cms::session
