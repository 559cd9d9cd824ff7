#include "session/rtp_session.hpp"

#include <algorithm>
#include <array>

namespace cms::session {

namespace {
// A compound packet stays below any path's MTU.
constexpr std::size_t kRtcpBytes = 1200;
}  // namespace

RtpSession::RtpSession(const SessionWorld& world, int clock_hz, double report_interval_s, double now_s)
    : world_(world),
      faults_(world.events),
      link_(world.sink, faults_),
      sender_(clock_hz, world.random),
      schedule_(report_interval_s, world.random, now_s),
      silence_(world.silence_timeout_s) {}

void RtpSession::apply_link(const LinkSettings& settings, const PayloadTypes& accepted, const std::string& cname,
                            bool receiving, int clock_hz, double now_s) {
    sender_.set_clock(clock_hz, now_s);
    if (link_.apply(settings, accepted, now_s) && connected_) renew_sender(now_s);
    cname_ = cname;
    receiving_ = receiving;
    connected_ = true;
    if (receiving) {
        silence_.start(now_s);
    } else {
        silence_.stop();
    }
}

void RtpSession::on_packet(Channel channel, MutableBytes datagram, const Address& from, double now_s) {
    const std::optional<Incoming> incoming = link_.receive(channel, datagram, from, now_s);
    if (!incoming) return;
    silence_.heard(now_s, world_.events);
    if (incoming->rtcp) {
        on_rtcp(incoming->packet, from, now_s);
    } else {
        on_rtp(incoming->rtp, from, now_s);
    }
}

void RtpSession::pause() {
    receiving_ = false;
    connected_ = false;
    silence_.stop();
}

void RtpSession::on_rtp(const wire::RtpView& packet, const Address& from, double now_s) {
    if (!receiving_) {
        ++ignored_;
        return;
    }
    if (packet.ssrc == sender_.ssrc()) resolve_collision(now_s);
    switch (selector_.choose(packet.ssrc, now_s)) {
        case SourceSelector::Choice::Ignore: ++ignored_; return;
        case SourceSelector::Choice::New:
            if (receiver_.started()) {
                ++source_changes_;
                receiver_.restart();
                on_new_source();
            }
            break;
        case SourceSelector::Choice::Same: break;
    }
    ++packets_;
    bytes_ += packet.payload.size();
    const auto extended = receiver_.received(packet.sequence, packet.timestamp, clock_of(packet.payload_type), now_s);
    on_media(packet, extended, from, now_s);
}

// RFC 3550 section 8.2. Only once: who sends back our own packets does so whatever we call ourselves, and an echo is
// a legitimate test.
void RtpSession::resolve_collision(double now_s) {
    if (collided_) return;
    collided_ = true;
    bye(now_s);
    connected_ = true;
    renew_sender(now_s);
}

void RtpSession::renew_sender(double now_s) {
    sender_.renew(world_.random);
    on_renumbered();
    schedule_.want_feedback(now_s);
}

void RtpSession::on_rtcp(Bytes packet, const Address& from, double now_s) {
    rtcp_now_s_ = now_s;
    const wire::RtcpOutcome outcome = wire::parse_rtcp(packet, *this);
    if (!outcome.well_formed || outcome.malformed > 0) faults_.note(Fault::MalformedRtcp, from);
}

void RtpSession::on_sender_report(std::uint32_t ssrc, const wire::SenderInfo& info,
                                  std::span<const wire::ReportBlock> blocks) {
    if (selector_.current() == ssrc) receiver_.sender_report(info.ntp, rtcp_now_s_);
    read_blocks(blocks);
}

void RtpSession::on_receiver_report(std::uint32_t /*ssrc*/, std::span<const wire::ReportBlock> blocks) {
    read_blocks(blocks);
}

void RtpSession::read_blocks(std::span<const wire::ReportBlock> blocks) {
    for (const wire::ReportBlock& block : blocks) {
        if (block.ssrc != sender_.ssrc()) continue;
        remote_lost_ = static_cast<std::uint64_t>(std::max(0, block.packets_lost));
        const double measured_s = wire::round_trip_s(block, world_.clock.ntp(rtcp_now_s_));
        if (measured_s > 0) round_trip_s_ = round_trip_s_ > 0 ? 0.75 * round_trip_s_ + 0.25 * measured_s : measured_s;
        on_loss_report(block.fraction_lost * 100 / 256);
    }
}

void RtpSession::send_rtcp_if_due(double now_s) {
    if (!connected_ || !schedule_.due(now_s)) return;
    std::array<std::uint8_t, kRtcpBytes + wire::kSrtcpMaxGrowthBytes> buffer;
    wire::RtcpWriter writer(MutableBytes(buffer).first(kRtcpBytes));
    write_report(writer, now_s);
    write_feedback(writer, now_s);
    link_.send_rtcp(buffer, writer.size());
    schedule_.sent(now_s);
}

void RtpSession::write_report(wire::RtcpWriter& writer, double now_s) {
    std::array<wire::ReportBlock, 1> blocks;
    std::size_t count = 0;
    if (receiver_.started()) blocks[count++] = receiver_.report(remote_ssrc(), now_s);
    const std::span<const wire::ReportBlock> used(blocks.data(), count);
    if (sender_.packets() != reported_packets_) {
        writer.sender_report(sender_.ssrc(), sender_.report(world_.clock, now_s), used);
    } else {
        writer.receiver_report(sender_.ssrc(), used);
    }
    reported_packets_ = sender_.packets();
    writer.sdes_cname(sender_.ssrc(), cname_);
}

void RtpSession::bye(double now_s) {
    if (!connected_) return;
    connected_ = false;
    std::array<std::uint8_t, kRtcpBytes + wire::kSrtcpMaxGrowthBytes> buffer;
    wire::RtcpWriter writer(MutableBytes(buffer).first(kRtcpBytes));
    write_report(writer, now_s);
    writer.bye(sender_.ssrc());
    link_.send_rtcp(buffer, writer.size());
}

void RtpSession::fill_common(StreamStats& stats) const {
    stats.packets_received = packets_;
    stats.bytes_received = bytes_;
    stats.packets_lost = receiver_.lost();
    stats.jitter_ms = receiver_.jitter_s() * 1000;
    stats.packets_sent = sender_.packets();
    stats.bytes_sent = sender_.bytes();
    stats.round_trip_ms = round_trip_s_ * 1000;
    stats.remote_packets_lost = remote_lost_;
    stats.malformed = faults_.count(Fault::MalformedRtp) + faults_.count(Fault::MalformedRtcp) +
                      faults_.count(Fault::MalformedPayload);
    stats.unknown_payload_type = faults_.count(Fault::UnknownPayloadType);
    stats.srtp_failures = faults_.count(Fault::SrtpFailure);
    stats.strangers = faults_.count(Fault::Stranger);
    stats.source_changes = source_changes_;
    stats.ignored_packets = ignored_;
    stats.replayed = link_.stats().replayed;
    stats.unproven = link_.stats().unproven;
    stats.not_rtp = link_.stats().not_rtp;
}

}  // namespace cms::session
