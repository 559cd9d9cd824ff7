#include "engine/stream.hpp"

namespace cms::engine {

namespace {

// Far below what it takes for a source to count as gone, and far above the time between two pictures.
constexpr double kSignOfLifeS = 0.25;

}  // namespace

Stream::Stream(int id, PortPair ports, std::shared_ptr<StatsBoard> board)
    : id_(id), ports_(std::move(ports)), board_(std::move(board)) {}

void Stream::set_audio(const session::SessionWorld& world, const session::AudioSettings& settings, int room,
                       double now_s) {
    video_.reset();
    ports_.rtp.stamp_arrivals();
    ports_.rtcp.stamp_arrivals();
    if (audio_) {
        audio_->session.apply(settings, now_s);
    } else {
        audio_ = std::make_unique<AudioLeg>(world, settings, now_s);
    }
    audio_->room = room;
    idle_ = false;
}

void Stream::set_video(const session::SessionWorld& world, const session::VideoSettings& settings, double now_s) {
    audio_.reset();
    ports_.rtp.settle(std::nullopt);
    ports_.rtp.join_trains();
    if (video_) {
        video_->apply(settings, now_s);
    } else {
        video_ = std::make_unique<session::VideoSession>(world, settings, now_s);
    }
    idle_ = false;
}

session::RtpSession* Stream::session() {
    if (audio_) return &audio_->session;
    return video_.get();
}

void Stream::idle() {
    idle_ = true;
    if (session() != nullptr) session()->pause();
    publish_stats();
}

void Stream::bye(double now_s) {
    if (session() != nullptr) session()->bye(now_s);
}

void Stream::on_packet(Channel channel, MutableBytes datagram, const Address& from, double now_s) {
    if (session() == nullptr || idle_) {
        ++early_packets_;
        return;
    }
    session()->on_packet(channel, datagram, from, now_s);
    if (!wants_key_frame_ || !video_) return;
    wants_key_frame_ = false;
    video_->request_key_frame(now_s);
}

void Stream::publish_stats() {
    session::StreamStats stats;
    if (audio_) stats = audio_->session.stats();
    if (video_) stats = video_->stats();
    stats.dropped_access_units = dropped_units_;
    stats.ignored_packets += early_packets_;
    board_->publish(stats);
}

void Stream::send(Channel channel, session::Bytes packet, const Address& to) {
    sender_->send(socket(channel), packet, to);
}

void Stream::send_row(Channel channel, std::span<const session::Bytes> packets, const Address& to) {
    sender_->send(socket(channel), packets, to);
}

// A picture is many packets to one send, and its sockets are watched: nothing to gain.
void Stream::settle(const std::optional<Address>& peer) {
    if (audio_) ports_.rtp.settle(peer);
}

void Stream::on_access_unit(payload::VideoCodec codec, payload::AccessUnit& unit) {
    if (!seen_ && unit.arrival_s - handed_out_s_ < kSignOfLifeS) return;
    handed_out_s_ = unit.arrival_s;
    if (events_->push(AccessUnit{id_, codec, std::move(unit)}, !seen_)) return;
    ++dropped_units_;
    wants_key_frame_ = true;
}

void Stream::on_key_frame_request() { events_->push(KeyFrameRequest{id_}); }
void Stream::on_digit(char digit) { events_->push(Digit{id_, digit}); }
void Stream::on_fault(session::Fault fault, const Address& peer) { events_->push(PeerFault{id_, fault, peer}); }
void Stream::on_silence(bool silent) { events_->push(StreamState{id_, silent}); }

}  // namespace cms::engine
