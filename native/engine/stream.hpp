// One transport and the stream on it, as the real-time thread owns it: sockets, a session, for audio its part in the mix.
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "audio/level.hpp"
#include "audio/resampler.hpp"
#include "audio/tap.hpp"
#include "engine/datagram_sender.hpp"
#include "engine/events.hpp"
#include "engine/port_range.hpp"
#include "engine/prompt.hpp"
#include "engine/published.hpp"
#include "session/audio_session.hpp"
#include "session/video_session.hpp"

namespace cms::engine {

using session::Channel;
using session::MutableBytes;
using StatsBoard = Published<session::StreamStats>;

inline constexpr int kAlone = -1;  // room of a stream that is mixed with nobody

// What an audio stream has besides its session.
struct AudioLeg {
    AudioLeg(const session::SessionWorld& world, const session::AudioSettings& settings, double now_s)
        : session(world, settings, now_s) {}

    int room = kAlone;
    int mixed_in = kAlone;  // the room that its ear belongs to
    bool muted = false;

    audio::Heard heard;  // in the present tick

    audio::LevelMeter meter;
    audio::Ear ear;
    std::unique_ptr<Prompt> prompt;  // from the first one on
    std::shared_ptr<audio::Tap> tap;
    audio::LegConverter contribution;
    audio::LegConverter tapped;
    // With what is before it, all that a tick needs of most legs is in one place.
    session::AudioSession session;
};

class Stream final : public session::PacketSink, public session::SessionEvents {
public:
    Stream(int id, PortPair ports, std::shared_ptr<StatsBoard> board);

    // Called on the real-time thread before anything else.
    void adopt(DatagramSender& sender, EventQueue& events) {
        sender_ = &sender;
        events_ = &events;
    }

    void set_audio(const session::SessionWorld& world, const session::AudioSettings& settings, int room, double now_s);
    void set_video(const session::SessionWorld& world, const session::VideoSettings& settings, double now_s);
    // Of a picture that nobody sees only a sign of life is handed out now and then.
    void set_seen(bool seen) { seen_ = seen; }
    void idle();
    void bye(double now_s);

    void on_packet(Channel channel, MutableBytes datagram, const Address& from, double now_s);

    int id() const { return id_; }
    UdpSocket& socket(Channel channel) { return channel == Channel::Rtp ? ports_.rtp : ports_.rtcp; }
    AudioLeg* audio() { return idle_ ? nullptr : audio_.get(); }
    // Also while idle: what is played and tapped outlives a hold.
    AudioLeg* audio_or_idle() { return audio_.get(); }
    session::VideoSession* video() { return idle_ ? nullptr : video_.get(); }

    void publish_stats();

    // The loop's notes: the statistics of this round are yet to be published;
    bool touched = false;
    // when it means to wake for this stream; infinity: not at all;
    double wake_s = std::numeric_limits<double>::infinity();
    // the poller watches its sockets.
    bool watched = false;

private:
    session::RtpSession* session();

    void send(Channel channel, session::Bytes packet, const Address& to) override;
    void send_row(Channel channel, std::span<const session::Bytes> packets, const Address& to) override;
    void settle(const std::optional<Address>& peer) override;
    void on_access_unit(payload::VideoCodec codec, payload::AccessUnit& unit) override;
    void on_key_frame_request() override;
    void on_digit(char digit) override;
    void on_fault(session::Fault fault, const Address& peer) override;
    void on_silence(bool silent) override;

    int id_;
    PortPair ports_;
    std::shared_ptr<StatsBoard> board_;
    DatagramSender* sender_ = nullptr;
    EventQueue* events_ = nullptr;
    bool idle_ = true;
    std::uint64_t dropped_units_ = 0;
    std::uint64_t early_packets_ = 0;  // while nothing was negotiated, or the stream was disabled
    bool seen_ = true;
    double handed_out_s_ = -std::numeric_limits<double>::infinity();  // the last access unit
    bool wants_key_frame_ = false;  // because a picture was dropped unseen
    std::unique_ptr<AudioLeg> audio_;
    std::unique_ptr<session::VideoSession> video_;
};

}  // namespace cms::engine
