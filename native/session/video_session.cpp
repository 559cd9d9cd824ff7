#include "session/video_session.hpp"

#include <algorithm>

namespace cms::session {

namespace {

constexpr int kClockHz = 90'000;
// The minimum of RFC 3550 section 6.2 at 512 kbit/s (360/kbit/s). Slower video is still within its 5 % down to 52 kbit/s:
// reports both ways are 2.6 kbit/s.
constexpr double kReportIntervalS = 0.7;
// Reordering without retransmission: queues of one path differ by less.
constexpr double kReorderHoldS = 0.04;
constexpr double kMinNackHoldS = 0.1;
constexpr double kMaxNackHoldS = 0.4;
// A NACK names at most this many packets, so that it fits beside the report.
constexpr std::size_t kMaxAsked = 128;
// More waiting than this is not paced any longer: the history would overwrite what has not left.
constexpr std::size_t kMaxWaiting = RetransmissionHistory::kPackets / 2;

}  // namespace

VideoSession::VideoSession(const SessionWorld& world, const VideoSettings& settings, double now_s)
    : RtpSession(world, kClockHz, kReportIntervalS, now_s) {
    apply(settings, now_s);
}

void VideoSession::apply(const VideoSettings& settings, double now_s) {
    PayloadTypes accepted;
    for (const VideoFormat& format : settings.receive) accepted.set(format.payload_type);
    apply_link(settings.link, accepted, settings.cname, settings.receiving, kClockHz, now_s);
    if (!vp8_ || settings.max_payload_bytes != settings_.max_payload_bytes) {
        vp8_ = std::make_unique<payload::Vp8Packetizer>(settings.max_payload_bytes,
                                                        static_cast<std::uint16_t>(world_.random()));
    }
    pacer_.set_rate(settings.pacing_bps);
    if (!settings.receiving) missing_.reset();
    if (settings.receiving && !settings_.receiving) {
        for (auto& one : assemblers_) {
            if (one) one->restart();
        }
    }
    settings_ = settings;
}

// --- receiving ----------------------------------------------------------------------------------------------

std::optional<payload::VideoCodec> VideoSession::codec_of(std::uint8_t payload_type) const {
    for (const VideoFormat& format : settings_.receive) {
        if (format.payload_type == payload_type) return format.codec;
    }
    return std::nullopt;
}

int VideoSession::clock_of(std::uint8_t /*payload_type*/) const { return kClockHz; }

payload::FrameAssembler& VideoSession::assembler(payload::VideoCodec codec) {
    auto& one = assemblers_[static_cast<std::size_t>(codec)];
    if (!one) one = std::make_unique<payload::FrameAssembler>(payload::make_payload_format(codec));
    return *one;
}

void VideoSession::on_media(const wire::RtpView& packet, std::optional<std::int64_t> extended, const Address& from,
                            double now_s) {
    const auto codec = codec_of(packet.payload_type);
    if (!codec) return;
    if (codec_in_ && codec_in_ != codec) assembler(*codec).restart();
    codec_in_ = codec;
    last_from_ = from;
    if (extended && settings_.nack) missing_.received(*extended, now_s);
    payload::FrameAssembler& pictures = assembler(*codec);
    pictures.set_hold(hold_s());
    pictures.push(packet, now_s);
    take_pictures(now_s);
}

double VideoSession::hold_s() const {
    if (!settings_.nack) return kReorderHoldS;
    return std::clamp(2 * round_trip_s() + 0.05, kMinNackHoldS, kMaxNackHoldS);
}

void VideoSession::take_pictures(double now_s) {
    if (!codec_in_) return;
    payload::FrameAssembler& pictures = assembler(*codec_in_);
    while (pictures.pop(now_s, unit_)) {
        ++access_units_;
        if (unit_.damaged) ++damaged_;
        if (unit_.key_frame && !unit_.damaged) our_wish_.satisfied();
        world_.events.on_access_unit(*codec_in_, unit_);
    }
    note_malformed();
}

void VideoSession::note_malformed() {
    std::uint64_t malformed = 0;
    for (const auto& one : assemblers_) {
        if (one) malformed += one->stats().malformed;
    }
    if (malformed > malformed_seen_) faults_.note(Fault::MalformedPayload, last_from_);
    malformed_seen_ = malformed;
}

void VideoSession::on_new_source() {
    bitrate_confirmed_ = false;  // it was another source that did
    missing_.reset();
    for (auto& one : assemblers_) {
        if (one) one->restart();
    }
}

// What waits carries the old numbers, or an old key: the peer cannot use it.
void VideoSession::on_renumbered() { waiting_ = 0; }

void VideoSession::request_key_frame(double now_s) {
    our_wish_.wish();
    pass_wishes(now_s);
    send_rtcp_if_due(now_s);
}

void VideoSession::request_bitrate(std::uint64_t bitrate_bps, double now_s) {
    wanted_bps_ = bitrate_bps;
    bitrate_confirmed_ = false;
    schedule_.want_feedback(now_s);
    send_rtcp_if_due(now_s);
}

// Key frame wishes in both directions whose time has come. Before its first packet the source has no name to be asked by.
void VideoSession::pass_wishes(double now_s) {
    if (peer_wish_.take(now_s)) world_.events.on_key_frame_request();
    if (!selector_.current() || !our_wish_.take(now_s)) return;
    key_frame_due_ = true;
    ++fir_command_;
    schedule_.want_feedback(now_s);
}

void VideoSession::write_feedback(wire::RtcpWriter& writer, double now_s) {
    asked_.clear();
    missing_.take_due(now_s, round_trip_s(), kMaxAsked, asked_);
    if (!asked_.empty() && writer.nack(ssrc(), remote_ssrc(), asked_)) nacks_sent_ += asked_.size();
    if (key_frame_due_) {
        key_frame_due_ = false;
        ++key_frames_requested_;
        if (settings_.pli) {
            writer.pli(ssrc(), remote_ssrc());
        } else {
            writer.fir(ssrc(), remote_ssrc(), fir_command_);
        }
    }
    if (bitrate_limit_) {
        writer.tmmbn(ssrc(), std::span<const wire::BitrateLimit>(&*bitrate_limit_, 1));
        bitrate_limit_.reset();
    }
    if (wanted_bps_ == 0 || remote_ssrc() == 0) return;
    const std::array<std::uint32_t, 1> sources{remote_ssrc()};
    if (settings_.tmmbr && !bitrate_confirmed_) {
        writer.tmmbr(ssrc(), {remote_ssrc(), wanted_bps_, 40});
    } else if (!settings_.tmmbr && settings_.remb) {
        writer.remb(ssrc(), wanted_bps_, sources);
    }
}

// --- feedback from the peer ---------------------------------------------------------------------------------

void VideoSession::on_nack(std::uint32_t media_ssrc, std::uint16_t sequence) {
    if (media_ssrc != ssrc()) return;
    ++nacks_received_;
    const auto position = static_cast<std::uint16_t>(sequence - first_waiting_);
    if (position < waiting_) return;  // has not left yet
    const Bytes packet = history_.again(sequence, rtcp_now_s());
    if (packet.empty()) return;
    link_.send_protected_rtp(packet);
    ++retransmitted_;
}

// One stream per transport: whichever SSRC the peer names, it can only mean ours.
void VideoSession::on_pli(std::uint32_t /*media_ssrc*/) {
    ++key_frame_requests_;
    peer_wish_.wish();
    pass_wishes(rtcp_now_s());
}

void VideoSession::on_fir(std::uint32_t sender_ssrc, std::uint32_t /*media_ssrc*/, std::uint8_t command) {
    ++key_frame_requests_;
    const FirCommand fir{sender_ssrc, command};
    if (last_fir_ == fir) return;
    last_fir_ = fir;
    peer_wish_.wish();
    pass_wishes(rtcp_now_s());
}

void VideoSession::on_remb(std::uint64_t bitrate_bps) { limit_bps_ = bitrate_bps; }

void VideoSession::on_tmmbr(std::uint32_t sender_ssrc, const wire::BitrateLimit& limit) {
    limit_bps_ = limit.bitrate_bps;
    // The bounding set names who set the limit (RFC 5104 section 4.2.2.1).
    bitrate_limit_ = wire::BitrateLimit{sender_ssrc, limit.bitrate_bps, limit.overhead_bytes};
    schedule_.want_feedback(rtcp_now_s());
}

void VideoSession::on_tmmbn(std::uint32_t /*sender_ssrc*/, const wire::BitrateLimit& limit) {
    if (limit.ssrc == ssrc()) bitrate_confirmed_ = true;
}

// --- sending ------------------------------------------------------------------------------------------------

void VideoSession::send_vp8(Bytes frame, bool key_frame, double capture_s, double now_s) {
    vp8_->packetize(frame, pieces_);
    send_picture(pieces_, key_frame, capture_s, now_s);
}

void VideoSession::send_picture(std::span<const payload::PayloadPiece> pieces, bool key_frame, double capture_s,
                                double now_s) {
    if (!connected_ || !settings_.sending) return;
    if (key_frame) peer_wish_.satisfied();
    const std::uint32_t timestamp = sender_.timestamp_at(capture_s);
    for (const payload::PayloadPiece& piece : pieces) {
        if (waiting_ >= kMaxWaiting) {
            take_waiting();
            send_row();
        }
        enqueue(piece, timestamp);
    }
    send_paced(now_s);
}

void VideoSession::enqueue(const payload::PayloadPiece& piece, std::uint32_t timestamp) {
    const std::uint16_t sequence = sender_.next_sequence();
    const std::size_t plain_bytes = wire::kRtpHeaderBytes + piece.size();
    auto& buffer = history_.slot(sequence, plain_bytes + wire::kSrtpMaxGrowthBytes);
    const wire::RtpHeader header{piece.marker, settings_.send.payload_type, sequence, timestamp, ssrc()};
    header.write(buffer);
    piece.write(MutableBytes(buffer).subspan(wire::kRtpHeaderBytes));
    history_.commit(sequence, link_.protect_rtp(buffer, plain_bytes));
    if (waiting_ == 0) first_waiting_ = sequence;
    ++waiting_;
    sender_.sent(piece.size());
}

void VideoSession::send_paced(double now_s) {
    if (waiting_ == 0) return;
    pacer_.refill(now_s);
    while (waiting_ > 0 && pacer_.may_send()) take_waiting();
    send_row();
    pace_s_ = pacer_.next_s(now_s);
}

void VideoSession::take_waiting() {
    const Bytes packet = history_.find(first_waiting_);
    if (!packet.empty()) row_.push_back(packet);
    pacer_.sent(packet.size());
    ++first_waiting_;
    --waiting_;
}

void VideoSession::send_row() {
    if (!row_.empty()) link_.send_protected_rtp(row_);
    row_.clear();
}

// --- time ---------------------------------------------------------------------------------------------------

void VideoSession::on_timer(double now_s) {
    take_pictures(now_s);
    if (settings_.nack && missing_.deadline_s() <= now_s) schedule_.want_feedback(now_s);
    pass_wishes(now_s);
    if (now_s >= pace_s_) send_paced(now_s);
    silence_.check(now_s, world_.events);
    send_rtcp_if_due(now_s);
}

double VideoSession::next_deadline_s() const {
    double next_s = std::min({schedule_.deadline_s(), silence_.deadline_s(), peer_wish_.deadline_s()});
    if (selector_.current()) next_s = std::min(next_s, our_wish_.deadline_s());
    if (settings_.nack) next_s = std::min(next_s, std::max(missing_.deadline_s(), schedule_.feedback_possible_s()));
    if (codec_in_) next_s = std::min(next_s, assemblers_[static_cast<std::size_t>(*codec_in_)]->deadline_s());
    if (waiting_ > 0) next_s = std::min(next_s, pace_s_);
    return next_s;
}

StreamStats VideoSession::stats() const {
    StreamStats stats;
    fill_common(stats);
    for (const auto& one : assemblers_) {
        if (one) stats.late_packets += one->stats().late;
    }
    stats.nacks_sent = nacks_sent_;
    stats.nacks_received = nacks_received_;
    stats.retransmitted = retransmitted_;
    stats.key_frames_requested = key_frames_requested_;
    stats.key_frame_requests = key_frame_requests_;
    stats.access_units = access_units_;
    stats.damaged_access_units = damaged_;
    stats.bitrate_limit_bps = limit_bps_;
    if (codec_in_) stats.codec_received = *codec_in_ == payload::VideoCodec::H264 ? "H264" : "VP8";
    return stats;
}

}  // namespace cms::session
