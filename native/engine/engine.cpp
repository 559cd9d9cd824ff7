#include "engine/engine.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <stdexcept>

namespace cms::engine {

namespace {

// Above everything ordinary, below the kernel's own threads.
constexpr int kRealTimePriority = 10;
constexpr double kMaxTapS = 600;

// Needs a privilege or a limit that a plain user does not have; late ticks are counted either way.
bool make_real_time(pthread_t thread) {
    sched_param parameter{};
    parameter.sched_priority = kRealTimePriority;
    return pthread_setschedparam(thread, SCHED_FIFO, &parameter) == 0;
}

// The processor may not be ours to use, or not be there.
bool pin(pthread_t thread, int cpu) {
    if (cpu < 0) return false;
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(static_cast<std::size_t>(cpu), &cpus);
    return pthread_setaffinity_np(thread, sizeof cpus, &cpus) == 0;
}

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument(what); }

}  // namespace

Engine::Engine(const EngineSettings& settings)
    : settings_(settings),
      ports_(settings.port_min, settings.port_max),
      loop_(commands_, events_, settings.silence_timeout_s) {
    if (!(settings.silence_timeout_s > 0)) refuse("silence_timeout_s: not above 0");
    if (settings.pin_cpu >= CPU_SETSIZE) refuse("pin_cpu: no such processor");
}

Engine::~Engine() { stop(); }

void Engine::start() {
    if (stopped_) refuse("start: the engine was stopped");
    if (thread_.joinable()) return;
    thread_ = std::jthread([this](const std::stop_token& stop) { loop_.run(stop); });
    const pthread_t thread = thread_.native_handle();
    pthread_setname_np(thread, "cms-media-rt");
    realtime_ = make_real_time(thread);
    pinned_ = pin(thread, settings_.pin_cpu);
}

void Engine::stop() {
    if (stopped_) return;
    stopped_ = true;
    if (thread_.joinable()) {
        thread_.request_stop();
        commands_.wake();
        thread_.join();
    }
    loop_.close_all();
    records_.clear();
}

bool Engine::post(Command command) {
    const bool taken = commands_.post(std::move(command));
    if (!thread_.joinable()) loop_.drain();
    return taken;
}

// --- transports ---------------------------------------------------------------------------------------------

const Engine::Record& Engine::record(int stream, const char* argument) const {
    const auto found = records_.find(stream);
    if (found == records_.end()) refuse(std::string(argument) + ": no such transport is open");
    return found->second;
}

Engine::Record& Engine::record(int stream, const char* argument) {
    return const_cast<Record&>(std::as_const(*this).record(stream, argument));
}

Engine::Record& Engine::audio_record(int stream) {
    Record& found = record(stream, "stream");
    if (found.kind != Kind::Audio) refuse("stream: carries no audio");
    return found;
}

Engine::Record& Engine::video_record(int stream) {
    Record& found = record(stream, "stream");
    if (found.kind != Kind::Video) refuse("stream: carries no video");
    return found;
}

TransportInfo Engine::open_transport(const std::string& address) {
    if (stopped_) refuse("open_transport: the engine was stopped");
    const std::optional<Address> host = Address::parse(address, 0);
    if (!host) refuse("address: not an IP address literal");
    PortPair ports = ports_.open(*host);
    const int rtp_port = ports.rtp_port;
    Record record;
    record.v6 = host->v6;
    const int id = ++last_id_;
    post(AddStream{std::make_unique<Stream>(id, std::move(ports), record.board)});
    records_.emplace(id, std::move(record));
    return {id, rtp_port, rtp_port + 1};
}

// Waits for the real-time thread (not for the network), so that the ports are free afterwards.
void Engine::close_transport(int transport) {
    record(transport, "transport");
    RemoveStream command{transport, {}};
    std::future<void> done = command.done.get_future();
    post(std::move(command));
    done.wait();
    records_.erase(transport);
}

void Engine::set_audio(int transport, const session::AudioSettings& settings, int room) {
    Record& known = record(transport, "transport");
    known.kind = Kind::Audio;
    known.room = room;
    known.takes_dtmf = settings.dtmf_send_payload_type.has_value();
    post(SetAudio{transport, settings, room});
}

void Engine::set_video(int transport, const session::VideoSettings& settings) {
    Record& known = record(transport, "transport");
    known.kind = Kind::Video;
    known.video = settings;
    post(SetVideo{transport, settings});
}

void Engine::idle(int transport) {
    record(transport, "transport");
    post(SetIdle{transport});
}

// --- video --------------------------------------------------------------------------------------------------

void Engine::send_video(std::vector<int> streams, std::vector<std::uint8_t> picture, double capture_s,
                        bool key_frame) {
    if (!post(SendVideo{std::move(streams), std::move(picture), capture_s, key_frame})) ++refused_pictures_;
}

bool Engine::request_key_frame(int stream) {
    const session::VideoSettings& video = video_record(stream).video;
    if (!video.pli && !video.fir) return false;
    post(RequestKeyFrame{stream});
    return true;
}

bool Engine::request_bitrate(int stream, int bitrate_bps) {
    if (bitrate_bps <= 0) refuse("bitrate_bps: not above 0");
    const session::VideoSettings& video = video_record(stream).video;
    if (!video.tmmbr && !video.remb) return false;
    post(RequestBitrate{stream, static_cast<std::uint64_t>(bitrate_bps)});
    return true;
}

void Engine::set_seen(int stream, bool seen) {
    record(stream, "stream");
    post(SetSeen{stream, seen});
}

// --- audio --------------------------------------------------------------------------------------------------

bool Engine::send_dtmf(int stream, const std::string& digits, int duration_ms) {
    const auto is_key = [](char c) { return payload::dtmf_event(c).has_value(); };
    if (!std::all_of(digits.begin(), digits.end(), is_key)) refuse("digits: only 0-9, A-D, * and #");
    if (duration_ms <= 0) refuse("duration_ms: not above 0");
    if (!audio_record(stream).takes_dtmf) return false;
    post(SendDigits{stream, digits, static_cast<std::uint32_t>(duration_ms)});
    return true;
}

void Engine::play(int stream, Samples samples, bool loop, double gain) {
    audio_record(stream);
    if (!(gain >= 0 && gain <= 100)) refuse("gain: not in 0..100");
    if (samples && samples->empty()) samples.reset();
    post(Play{stream, std::move(samples), loop, static_cast<float>(gain)});
}

void Engine::tap(int stream, double seconds) {
    Record& known = audio_record(stream);
    if (!(seconds >= 0 && seconds <= kMaxTapS)) refuse("seconds: not in 0..600");
    known.tap = seconds > 0 ? std::make_shared<audio::Tap>(seconds) : nullptr;
    post(SetTap{stream, known.tap});
}

std::vector<std::int16_t> Engine::read_tap(int stream) {
    const Record& known = audio_record(stream);
    if (!known.tap) return {};
    std::vector<std::int16_t> samples(known.tap->available());
    samples.resize(known.tap->read(samples));
    return samples;
}

void Engine::set_room(int stream, int room) {
    audio_record(stream).room = room;
    post(SetRoom{stream, room});
}

Levels Engine::loudest(const std::vector<int>& followed) const {
    Levels found;
    std::unordered_map<int, std::pair<int, float>> by_room;
    for (const auto& level : loop_.levels()) {
        const auto known = records_.find(level.first);
        if (known == records_.end()) continue;
        if (std::find(followed.begin(), followed.end(), level.first) != followed.end()) {
            found.push_back(level);
            continue;
        }
        const auto [other, first] = by_room.try_emplace(known->second.room, level);
        if (!first && level.second > other->second.second) other->second = level;
    }
    for (const auto& [room, level] : by_room) found.push_back(level);
    return found;
}

void Engine::span_room(int room, RoomSpan span) {
    if (room < 0) refuse("room: below 0");
    post(SpanRoom{room, std::move(span)});
}

void Engine::set_muted(int stream, bool muted) {
    audio_record(stream);
    post(SetMuted{stream, muted});
}

}  // namespace cms::engine
