// Waits for sockets, for commands and for a moment in time: one epoll with a timer in it. At most one wake-up per grid slot.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "engine/descriptor.hpp"

namespace cms::engine {

class Poller {
public:
    Poller();

    // `key` comes back from wait when the descriptor is readable.
    void add(int fd, std::uint64_t key);
    void remove(int fd);

    // Keys that are readable. Returns at `deadline_s` (CLOCK_MONOTONIC; infinity: never) at the latest. What comes out of the
    // blue is there at once, what comes close after it at the next grid time. Where nothing comes but the time, as with
    // nothing but sound, there is no wake-up for that.
    std::span<const epoll_event> wait(double deadline_s);

private:
    static constexpr std::size_t kEvents = 256;
    static constexpr double kLivelyS = 0.1;  // after something has come, more is expected
    static constexpr std::uint64_t kTimerKey = ~std::uint64_t{0};

    void arm(double deadline_s);

    Descriptor epoll_;
    Descriptor timer_;
    double armed_s_ = 0;  // 0: not armed
    double lively_until_s_ = 0;
    double rest_until_s_ = 0;
    bool more_ = false;  // than fitted the last time
    std::array<epoll_event, kEvents> events_{};
};

}  // namespace cms::engine
