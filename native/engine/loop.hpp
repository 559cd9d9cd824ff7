// The real-time loop: it alone touches streams, sockets and the mix while it runs.
//
//   wait -> packets in -> commands -> ticks, with the packets of audio -> streams whose time has come -> publish
//
// Audio sockets do not wake it: the tick reads them right before it needs what came. Packets of pictures leave where they are
// made, those of audio some at a time, the last when the tick is done.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <queue>
#include <span>
#include <stop_token>
#include <unordered_map>
#include <vector>

#include "engine/arrival_clock.hpp"
#include "engine/audio_tick.hpp"
#include "engine/commands.hpp"
#include "engine/datagram_sender.hpp"
#include "engine/events.hpp"
#include "engine/poller.hpp"
#include "engine/published.hpp"
#include "engine/receive_batch.hpp"
#include "engine/video_fan_out.hpp"

namespace cms::engine {

struct LoopStats {
    std::uint64_t streams = 0;
    std::uint64_t rooms = 0;
    std::uint64_t ticks = 0;
    std::uint64_t late_ticks = 0;     // begun more than 5 ms after their time
    std::uint64_t skipped_ticks = 0;  // left out because the thread was held up for too long
    std::uint64_t tick_worst_us = 0;  // longest work of one tick
    std::uint64_t span_missed = 0;    // sums of other processes that were not there in time
    std::uint64_t wakeups = 0;
    std::uint64_t packets_in = 0;
    std::uint64_t packets_out = 0;
    std::uint64_t packets_refused = 0;  // by the system, when sending
    std::uint64_t trains_refused = 0;  // sockets whose packets leave one by one since, see DatagramSender
    std::uint64_t socket_errors = 0;    // ICMP and the like, when receiving
    std::uint64_t failures = 0;         // exceptions contained: a bug of ours, or no memory
    double busy_s = 0;                  // CPU time of the thread
};

class Loop {
public:
    Loop(CommandQueue& commands, EventQueue& events, double silence_timeout_s);

    // Until a stop is requested and the command queue woken.
    void run(const std::stop_token& stop);

    // Handles what is queued; for the owner's thread while no run() is active.
    void drain();

    // Says goodbye on every stream and closes them; as drain.
    void close_all();

    Levels levels() const { return levels_.read(); }
    LoopStats stats() const { return stats_board_.read(); }

private:
    static constexpr double kTickS = audio::kTickMs / 1000.0;
    static constexpr double kLateS = 0.005;
    // As many late ticks are made up for in a row; jitter buffers cover no more.
    static constexpr int kMaxCatchUpTicks = 5;

    struct Wake {
        double at_s;
        int stream;
        bool operator>(const Wake& other) const { return at_s > other.at_s; }
    };

    template <typename Step>
    void contain(Step step);
    void receive(std::uint64_t key);
    void take_in(Stream& stream, Channel channel, const UdpSocket& socket);
    void hand_over(Stream& stream, Channel channel, std::span<const Datagram> datagrams);
    void take_in_audio(AudioTick::Group legs, double looked_s);
    void take_in_more(Stream& stream, std::span<const Datagram> first, double looked_s);
    void watch(Stream& stream);
    void handle(AddStream& command);
    void handle(RemoveStream& command);
    void handle(SetAudio& command);
    void handle(SetVideo& command);
    void handle(SetIdle& command);
    void handle(SendVideo& command);
    void handle(RequestKeyFrame& command);
    void handle(RequestBitrate& command);
    void handle(SetSeen& command);
    void handle(SendDigits& command);
    void handle(Play& command);
    void handle(SetTap& command);
    void handle(SetRoom& command);
    void handle(SpanRoom& command);
    void handle(SetMuted& command);

    Stream* find(int stream);
    AudioLeg* find_audio(int stream);
    void regroup();
    void touch(Stream& stream);
    void run_ticks();
    void run_tick(double tick_s);
    void run_wakes();
    double deadline_s() const;
    void publish();

    CommandQueue& commands_;
    EventQueue& events_;
    session::Random random_;
    session::SessionWorld world_of(Stream& stream);
    session::WallClock clock_;
    double silence_timeout_s_;

    Poller poller_;
    ReceiveBatch incoming_;
    ReceiveBatch firsts_;  // of a group of audio
    ArrivalClock arrivals_;
    DatagramSender outgoing_;
    std::unordered_map<int, std::unique_ptr<Stream>> streams_;
    AudioTick audio_;
    VideoFanOut fan_out_;
    std::priority_queue<Wake, std::vector<Wake>, std::greater<>> wakes_;
    std::vector<Stream*> touched_;
    std::vector<Command> batch_;
    double now_s_ = 0;        // when this round began
    double audio_looked_s_ = 0;  // when sockets of audio were read last
    std::int64_t next_tick_ = 0;  // in ticks since the clock's zero
    LoopStats stats_;
    Published<LoopStats> stats_board_;
    Published<Levels> levels_;
};

}  // namespace cms::engine
