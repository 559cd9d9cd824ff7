// What the real-time thread tells Python, through a bounded queue.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "engine/descriptor.hpp"
#include "payload/frame_assembler.hpp"
#include "session/ports.hpp"

namespace cms::engine {

struct AccessUnit {
    int stream = 0;
    payload::VideoCodec codec{};
    payload::AccessUnit unit;
};

struct KeyFrameRequest {
    int stream = 0;
};

struct Digit {
    int stream = 0;
    char digit = 0;
};

struct PeerFault {
    int stream = 0;
    session::Fault fault{};
    session::Address peer;
};

struct StreamState {
    int stream = 0;
    bool silent = false;
};

using Event = std::variant<AccessUnit, KeyFrameRequest, Digit, PeerFault, StreamState>;

// Written by the real-time thread, emptied by one other. The descriptor is readable while there is something in it.
class EventQueue {
public:
    // Two seconds at 30 pictures/s: who is further behind needs a key frame, not the backlog.
    static constexpr std::size_t kUnitsPerStream = 60;
    static constexpr std::size_t kMaxEvents = 20'000;

    EventQueue();

    // Returns false when something had to be dropped for it; of pictures the oldest of the same stream, and the one
    // after it is then marked as damaged.
    bool push(Event event);

    std::vector<Event> take();

    int fd() const { return fd_.get(); }
    std::uint64_t dropped() const;

private:
    bool make_room(const Event& event);

    mutable std::mutex mutex_;
    std::deque<Event> events_;
    std::unordered_map<int, std::size_t> units_;  // waiting, by stream
    std::uint64_t dropped_ = 0;
    Descriptor fd_;
};

}  // namespace cms::engine
