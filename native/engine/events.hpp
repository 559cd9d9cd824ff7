// What the real-time thread tells Python, through a bounded queue.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
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

// Written by the real-time thread, emptied by one other. The descriptor is readable while there is something in it that is
// not patient.
class EventQueue {
public:
    // Two seconds at 30 pictures/s: who is further behind needs a key frame, not the backlog.
    static constexpr std::size_t kUnitsPerStream = 60;
    // One picture of the biggest size that a FrameAssembler makes, and a little.
    static constexpr std::size_t kBytesPerStream = 6 * 1024 * 1024;
    static constexpr std::size_t kMaxEvents = 20'000;
    // 200 streams that are two seconds behind at 5 Mbit/s.
    static constexpr std::size_t kMaxBytes = 256 * 1024 * 1024;

    EventQueue();

    // Returns false when something had to be dropped for it: of pictures the oldest of the same stream, beyond kMaxBytes of
    // any. The next of that stream is then marked as damaged. What is `patient` waits until something else is there to wake
    // for, or until somebody looks.
    bool push(Event event, bool patient = false);

    std::vector<Event> take();

    int fd() const { return fd_.get(); }
    std::uint64_t dropped() const;

private:
    using Place = std::deque<Event>::iterator;

    struct Waiting {
        std::size_t units = 0;
        std::size_t bytes = 0;

        void add(const AccessUnit& unit) { ++units, bytes += unit.unit.data.size(); }
        void remove(const AccessUnit& unit) { --units, bytes -= unit.unit.data.size(); }
    };

    void make_room(const AccessUnit& unit);
    Place next_unit(Place at, std::optional<int> stream);
    void drop(Place place);

    mutable std::mutex mutex_;
    std::deque<Event> events_;
    std::unordered_map<int, Waiting> waiting_;  // by stream
    Waiting all_;
    std::unordered_set<int> broken_;  // streams that lost a picture, and none after it waits
    std::uint64_t dropped_ = 0;
    bool woken_ = false;  // the descriptor is readable
    Descriptor fd_;
};

}  // namespace cms::engine
