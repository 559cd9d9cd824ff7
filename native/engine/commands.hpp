// What Python asks of the real-time thread: plain values, queued under a lock, handled in order.
#pragma once

#include <sys/eventfd.h>

#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <variant>
#include <vector>

#include "engine/descriptor.hpp"
#include "engine/room_span.hpp"
#include "engine/stream.hpp"

namespace cms::engine {

struct AddStream {
    std::unique_ptr<Stream> stream;
};
struct RemoveStream {
    int stream;
    std::promise<void> done;
};
struct SetAudio {
    int stream;
    session::AudioSettings settings;
    int room;
};
struct SetVideo {
    int stream;
    session::VideoSettings settings;
};
struct SetIdle {
    int stream;
};
struct SendVideo {
    std::vector<int> streams;
    std::vector<std::uint8_t> picture;
    double capture_s;
    bool key_frame;
};
struct RequestKeyFrame {
    int stream;
};
struct RequestBitrate {
    int stream;
    std::uint64_t bitrate_bps;
};
struct SetSeen {
    int stream;
    bool seen;
};
struct SendDigits {
    int stream;
    std::string digits;
    std::uint32_t duration_ms;
};
struct Play {
    int stream;
    Samples samples;  // null: stop
    bool loop;
    float gain;
};
struct SetTap {
    int stream;
    std::shared_ptr<audio::Tap> tap;  // null: stop
};
struct SetRoom {
    int stream;
    int room;
};
struct SpanRoom {
    int room;
    RoomSpan span;
};
struct SetMuted {
    int stream;
    bool muted;
};

using Command = std::variant<AddStream, RemoveStream, SetAudio, SetVideo, SetIdle, SendVideo, RequestKeyFrame,
                             RequestBitrate, SetSeen, SendDigits, Play, SetTap, SetRoom, SpanRoom, SetMuted>;

class CommandQueue {
public:
    // Pictures are refused beyond this, everything else is taken: there is little of it and it must not be lost.
    static constexpr std::size_t kMaxBeforePictures = 1024;

    CommandQueue() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
        if (fd_.get() < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    }

    // False: a picture that was refused.
    bool post(Command command) {
        const std::lock_guard lock(mutex_);
        if (commands_.size() >= kMaxBeforePictures && std::holds_alternative<SendVideo>(command)) return false;
        const bool first = commands_.empty();
        commands_.push_back(std::move(command));
        if (first) wake();
        return true;
    }

    // Into a buffer whose memory goes round.
    void take(std::vector<Command>& out) {
        out.clear();
        const std::lock_guard lock(mutex_);
        eventfd_t ignored = 0;
        ::eventfd_read(fd_.get(), &ignored);
        out.swap(commands_);
    }

    void wake() { ::eventfd_write(fd_.get(), 1); }
    int fd() const { return fd_.get(); }

private:
    std::mutex mutex_;
    std::vector<Command> commands_;
    Descriptor fd_;
};

}  // namespace cms::engine
