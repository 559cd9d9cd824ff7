// The face of the real-time thread for one other thread: remembers what was asked, queues it, hands out what came of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "engine/commands.hpp"
#include "engine/events.hpp"
#include "engine/loop.hpp"
#include "engine/port_range.hpp"

namespace cms::engine {

struct EngineSettings {
    int port_min = 0;
    int port_max = 0;
    double silence_timeout_s = 30.0;
    int pin_cpu = -1;  // -1: wherever
};

struct TransportInfo {
    int id = 0;
    int rtp_port = 0;
    int rtcp_port = 0;
};

// All methods throw std::invalid_argument, naming the argument, for what can never work.
class Engine {
public:
    explicit Engine(const EngineSettings& settings);
    ~Engine();

    void start();
    // Says goodbye, joins the thread, closes all sockets; idempotent, and final.
    void stop();

    int fd() const { return events_.fd(); }
    std::vector<Event> take_events() { return events_.take(); }

    // Throws std::system_error when no port is free.
    TransportInfo open_transport(const std::string& address);
    void close_transport(int transport);
    // The family of the transport's own address.
    bool is_v6(int transport) const { return record(transport, "transport").v6; }

    void set_audio(int transport, const session::AudioSettings& settings, int room);
    void set_video(int transport, const session::VideoSettings& settings);
    void idle(int transport);

    void send_video(std::vector<int> streams, std::vector<std::uint8_t> picture, double capture_s, bool key_frame);
    bool request_key_frame(int stream);
    bool request_bitrate(int stream, int bitrate_bps);
    // Whether anybody sees the stream's pictures; else only a few access units are handed out, as a sign of life.
    void set_seen(int stream, bool seen);
    bool send_dtmf(int stream, const std::string& digits, int duration_ms);
    void play(int stream, Samples samples, bool loop, double gain);
    void tap(int stream, double seconds);
    std::vector<std::int16_t> read_tap(int stream);
    void set_room(int stream, int room);
    // Mixes the room with those of other processes; an empty span: no longer.
    void span_room(int room, RoomSpan span);
    void set_muted(int stream, bool muted);

    Levels levels() const { return loop_.levels(); }
    // Of these, the streams in `followed` and the loudest other of each room.
    Levels loudest(const std::vector<int>& followed) const;
    session::StreamStats stats(int stream) const { return record(stream, "stream").board->read(); }
    LoopStats snapshot() const { return loop_.stats(); }
    std::uint64_t dropped_events() const { return events_.dropped(); }
    std::uint64_t refused_pictures() const { return refused_pictures_; }
    // Whether the kernel granted the thread what was asked for it; false before it is started.
    bool realtime() const { return realtime_; }
    bool pinned() const { return pinned_; }

private:
    enum class Kind : std::uint8_t { Open, Audio, Video };

    // What this side must know of a stream to answer without asking the real-time thread.
    struct Record {
        Kind kind = Kind::Open;
        bool v6 = false;
        int room = -1;
        std::shared_ptr<StatsBoard> board = std::make_shared<StatsBoard>();
        std::shared_ptr<audio::Tap> tap;
        session::VideoSettings video;
        bool takes_dtmf = false;
    };

    const Record& record(int stream, const char* argument) const;
    Record& record(int stream, const char* argument);
    Record& audio_record(int stream);
    Record& video_record(int stream);
    bool post(Command command);

    EngineSettings settings_;
    PortRange ports_;
    CommandQueue commands_;
    EventQueue events_;
    Loop loop_;
    std::unordered_map<int, Record> records_;
    int last_id_ = 0;
    std::uint64_t refused_pictures_ = 0;
    bool stopped_ = false;
    bool realtime_ = false;
    bool pinned_ = false;
    std::jthread thread_;
};

}  // namespace cms::engine
