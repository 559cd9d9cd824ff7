#include "engine/loop.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <utility>

#include "engine/clock.hpp"
#include "engine/grid.hpp"

namespace cms::engine {

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
// No stream wakes the thread again sooner, whatever it asks for.
constexpr double kMinWakeS = 0.0005;
// Sockets of audio are emptied every 200 ms.
constexpr int kTicksPerEmptying = 10;
// Those beside them have a report a second at most, or packets of somebody to be refused.
constexpr int kTicksPerLookBeside = 50;
constexpr std::uint64_t kCommandsKey = ~std::uint64_t{1};

std::uint64_t key_of(int stream, Channel channel) {
    return static_cast<std::uint64_t>(stream) << 1 | (channel == Channel::Rtcp ? 1U : 0U);
}

session::Random seeded() {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return session::Random(seed);
}

}  // namespace

Loop::Loop(CommandQueue& commands, EventQueue& events, double silence_timeout_s)
    : commands_(commands),
      events_(events),
      random_(seeded()),
      clock_{seconds_of(CLOCK_REALTIME) - monotonic_s()},
      silence_timeout_s_(silence_timeout_s) {
    poller_.add(commands_.fd(), kCommandsKey);
}

void Loop::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto ready = poller_.wait(deadline_s());
        now_s_ = monotonic_s();
        arrivals_.reading_undated(now_s_);
        ++stats_.wakeups;
        bool commanded = false;
        for (const epoll_event& event : ready) {
            if (event.data.u64 == kCommandsKey) {
                commanded = true;
            } else {
                contain([&] { receive(event.data.u64); });
            }
        }
        if (commanded) drain();
        run_ticks();
        run_wakes();
        publish();
    }
}

// An exception that left this thread would end the process with every call in it: what failed is left undone and counted.
template <typename Step>
void Loop::contain(Step step) {
    try {
        step();
    } catch (const std::exception&) {
        ++stats_.failures;
    }
}

void Loop::drain() {
    now_s_ = monotonic_s();
    commands_.take(batch_);
    for (Command& command : batch_) {
        contain([&] { std::visit([this](auto& what) { handle(what); }, command); });
    }
    batch_.clear();
}

void Loop::close_all() {
    drain();
    for (auto& [id, stream] : streams_) stream->bye(now_s_);
    touched_.clear();
    streams_.clear();
    regroup();
}

// --- packets ------------------------------------------------------------------------------------------------

void Loop::receive(std::uint64_t key) {
    Stream* stream = find(static_cast<int>(key >> 1));
    if (stream == nullptr) return;
    const Channel channel = (key & 1) != 0 ? Channel::Rtcp : Channel::Rtp;
    take_in(*stream, channel, stream->socket(channel));
    touch(*stream);
}

void Loop::take_in(Stream& stream, Channel channel, const UdpSocket& socket) {
    hand_over(stream, channel, incoming_.receive(socket, ReceiveBatch::kMessages, arrivals_));
}

void Loop::hand_over(Stream& stream, Channel channel, std::span<const Datagram> datagrams) {
    stats_.packets_in += datagrams.size();
    for (const Datagram& one : datagrams) {
        contain([&] { stream.on_packet(channel, one.bytes, one.from, one.arrival_s); });
    }
}

// A packet is heard at the first tick after it came, whenever it is read before: so the tick reads it when it comes to its
// leg, and there is no wake-up of its own.
void Loop::take_in_audio(AudioTick::Group legs, double looked_s) {
    static_assert(AudioTick::kGroup <= ReceiveBatch::kMessages);
    for (std::size_t i = 0; i < legs.size(); ++i) firsts_.read(i, legs[i]->socket(Channel::Rtp));
    for (std::size_t i = 0; i < legs.size(); ++i) {
        const auto first = firsts_.at(i, arrivals_);
        hand_over(*legs[i], Channel::Rtp, first);
        take_in_more(*legs[i], first, looked_s);
    }
}

// One packet has come since the last tick, as a rule, and to ask for a second costs as much as to read one. So it is asked
// only where that packet had waited already, so more may wait, or where the tick needs more than it; what else there is
// has time until the next tick, and is dated all the same. RTCP can wait longer, its arrival is stamped too; strangers anyway.
void Loop::take_in_more(Stream& stream, std::span<const Datagram> first, double looked_s) {
    const auto turn_of = [&](int ticks) { return (next_tick_ + stream.id()) % ticks == 0; };
    const auto more = [&] {
        return turn_of(kTicksPerEmptying) || first[0].arrival_s <= looked_s || !stream.audio()->session.covered();
    };
    const UdpSocket& rtp = stream.socket(Channel::Rtp);
    if (!first.empty() && more()) take_in(stream, Channel::Rtp, rtp);
    if (!turn_of(kTicksPerLookBeside)) return;
    take_in(stream, Channel::Rtcp, stream.socket(Channel::Rtcp));
    if (rtp.others() != nullptr) take_in(stream, Channel::Rtp, *rtp.others());
}

// The poller is told of sockets that no tick reads.
void Loop::watch(Stream& stream) {
    const bool wanted = stream.audio() == nullptr;
    if (wanted == stream.watched) return;
    stream.watched = wanted;
    for (const Channel channel : {Channel::Rtp, Channel::Rtcp}) {
        const int fd = stream.socket(channel).fd();
        if (wanted) {
            poller_.add(fd, key_of(stream.id(), channel));
        } else {
            poller_.remove(fd);
        }
    }
}

// --- commands -----------------------------------------------------------------------------------------------

Stream* Loop::find(int stream) {
    const auto found = streams_.find(stream);
    return found == streams_.end() ? nullptr : found->second.get();
}

AudioLeg* Loop::find_audio(int stream) {
    Stream* found = find(stream);
    return found == nullptr ? nullptr : found->audio_or_idle();
}

session::SessionWorld Loop::world_of(Stream& stream) {
    return {stream, stream, random_, clock_, silence_timeout_s_};
}

void Loop::handle(AddStream& command) {
    Stream& stream = *command.stream;
    stream.adopt(outgoing_, events_);
    watch(stream);
    streams_.emplace(stream.id(), std::move(command.stream));
}

void Loop::handle(RemoveStream& command) {
    if (Stream* stream = find(command.stream)) {
        stream->bye(now_s_);
        poller_.remove(stream->socket(Channel::Rtp).fd());
        poller_.remove(stream->socket(Channel::Rtcp).fd());
        std::erase(touched_, stream);
        streams_.erase(command.stream);
        regroup();
    }
    command.done.set_value();
}

void Loop::handle(SetAudio& command) {
    Stream* stream = find(command.stream);
    if (stream == nullptr) return;
    stream->set_audio(world_of(*stream), command.settings, command.room, now_s_);
    regroup();
}

void Loop::handle(SetVideo& command) {
    Stream* stream = find(command.stream);
    if (stream == nullptr) return;
    const bool was_audio = stream->audio_or_idle() != nullptr;
    stream->set_video(world_of(*stream), command.settings, now_s_);
    if (was_audio) regroup();
    touch(*stream);
}

void Loop::handle(SetIdle& command) {
    Stream* stream = find(command.stream);
    if (stream == nullptr) return;
    stream->idle();
    regroup();
}

void Loop::handle(SendVideo& command) {
    const Picture picture{command.picture, command.capture_s, command.key_frame};
    fan_out_.begin();
    for (const int id : command.streams) {
        Stream* stream = find(id);
        if (stream == nullptr || stream->video() == nullptr) continue;
        fan_out_.send(*stream->video(), picture, now_s_);
        touch(*stream);
    }
}

void Loop::handle(RequestKeyFrame& command) {
    Stream* stream = find(command.stream);
    if (stream == nullptr || stream->video() == nullptr) return;
    stream->video()->request_key_frame(now_s_);
    touch(*stream);
}

void Loop::handle(RequestBitrate& command) {
    Stream* stream = find(command.stream);
    if (stream == nullptr || stream->video() == nullptr) return;
    stream->video()->request_bitrate(command.bitrate_bps, now_s_);
    touch(*stream);
}

void Loop::handle(SetSeen& command) {
    if (Stream* stream = find(command.stream)) stream->set_seen(command.seen);
}

void Loop::handle(SendDigits& command) {
    if (AudioLeg* leg = find_audio(command.stream)) leg->session.press(command.digits, command.duration_ms);
}

void Loop::handle(Play& command) {
    AudioLeg* leg = find_audio(command.stream);
    if (leg == nullptr) return;
    if (!command.samples) {
        if (leg->prompt) leg->prompt->stop();
        return;
    }
    if (!leg->prompt) leg->prompt = std::make_unique<Prompt>();
    leg->prompt->play(std::move(command.samples), command.loop, command.gain);
}

void Loop::handle(SetTap& command) {
    if (AudioLeg* leg = find_audio(command.stream)) leg->tap = std::move(command.tap);
}

void Loop::handle(SetRoom& command) {
    AudioLeg* leg = find_audio(command.stream);
    if (leg == nullptr || leg->room == command.room) return;
    leg->room = command.room;
    regroup();
}

void Loop::handle(SpanRoom& command) { audio_.span(command.room, std::move(command.span)); }

void Loop::handle(SetMuted& command) {
    if (AudioLeg* leg = find_audio(command.stream)) leg->muted = command.muted;
}

void Loop::regroup() {
    const bool was_silent = audio_.empty();
    std::vector<Stream*> all;
    all.reserve(streams_.size());
    for (const auto& [id, stream] : streams_) {
        all.push_back(stream.get());
        watch(*stream);
    }
    audio_.set_streams(all);
    if (was_silent && !audio_.empty()) next_tick_ = static_cast<std::int64_t>(std::ceil(monotonic_s() / kTickS));
    if (audio_.empty()) levels_.publish({});
}

// --- time ---------------------------------------------------------------------------------------------------

void Loop::run_ticks() {
    if (audio_.empty()) return;
    const auto due = static_cast<std::int64_t>(std::floor(now_s_ / kTickS));
    for (; next_tick_ < due - kMaxCatchUpTicks; ++next_tick_) {
        audio_.skip();
        ++stats_.skipped_ticks;
    }
    for (; next_tick_ <= due; ++next_tick_) run_tick(static_cast<double>(next_tick_) * kTickS);
}

void Loop::run_tick(double tick_s) {
    const double begun_s = monotonic_s();
    const double looked_s = std::exchange(audio_looked_s_, begun_s);
    arrivals_.reading(begun_s, seconds_of(CLOCK_REALTIME));
    outgoing_.hold();
    contain([&] { audio_.run(tick_s, begun_s, [=, this](AudioTick::Group legs) { take_in_audio(legs, looked_s); }); });
    outgoing_.release();
    stats_.failures += audio_.take_failures();
    ++stats_.ticks;
    if (begun_s > tick_s + kLateS) ++stats_.late_ticks;
    const auto work_us = static_cast<std::uint64_t>((monotonic_s() - begun_s) * 1e6);
    stats_.tick_worst_us = std::max(stats_.tick_worst_us, work_us);
    levels_.publish(audio_.levels());
}

// Something happened to the stream: when does it want to be woken now?
void Loop::touch(Stream& stream) {
    if (stream.audio() != nullptr) return;  // every tick looks at it
    if (!stream.touched) touched_.push_back(&stream);
    stream.touched = true;
    const session::VideoSession* video = stream.video();
    if (video == nullptr) return;
    const double wanted_s = grid_from(std::max(video->next_deadline_s(), now_s_ + kMinWakeS));
    if (wanted_s >= stream.wake_s) return;  // it is asked again at the earlier time
    stream.wake_s = wanted_s;
    wakes_.push({wanted_s, stream.id()});
}

void Loop::run_wakes() {
    while (!wakes_.empty() && wakes_.top().at_s <= now_s_) {
        const Wake wake = wakes_.top();
        wakes_.pop();
        Stream* stream = find(wake.stream);
        if (stream == nullptr || stream->wake_s != wake.at_s) continue;
        stream->wake_s = kNever;
        contain([&] {
            if (stream->video() != nullptr) stream->video()->on_timer(now_s_);
        });
        touch(*stream);
    }
}

double Loop::deadline_s() const {
    double next_s = audio_.empty() ? kNever : static_cast<double>(next_tick_) * kTickS;
    if (!wakes_.empty()) next_s = std::min(next_s, wakes_.top().at_s);
    return next_s;
}

void Loop::publish() {
    for (Stream* stream : touched_) {
        stream->touched = false;
        stream->publish_stats();
    }
    touched_.clear();
    stats_.streams = streams_.size();
    stats_.rooms = audio_.rooms();
    stats_.span_missed = audio_.span_missed();
    stats_.packets_out = outgoing_.packets();
    stats_.packets_refused = outgoing_.dropped();
    stats_.trains_refused = outgoing_.trains_refused();
    stats_.socket_errors = incoming_.errors() + firsts_.errors();
    stats_.busy_s = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    stats_board_.publish(stats_);
}

}  // namespace cms::engine
