// Waits for sockets, for commands and for a moment in time: one epoll with a timer in it.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "engine/descriptor.hpp"

namespace cms::engine {

class Poller {
public:
    // Packets are taken in at most this often: a hundred audio legs would otherwise wake the thread for every one of their
    // packets. A millisecond is within what the path's own jitter adds.
    static constexpr double kSpacingS = 0.001;

    Poller();

    // `key` comes back from wait when the descriptor is readable.
    void add(int fd, std::uint64_t key);
    void remove(int fd);

    // Keys that are readable. Returns at `deadline_s` (CLOCK_MONOTONIC; infinity: never) at the latest.
    std::span<const epoll_event> wait(double deadline_s);

private:
    static constexpr std::size_t kEvents = 256;
    static constexpr std::uint64_t kTimerKey = ~std::uint64_t{0};

    void arm(double deadline_s);

    Descriptor epoll_;
    Descriptor timer_;
    double armed_s_ = 0;  // 0: not armed
    double last_wake_s_ = 0;
    bool more_ = false;  // than fitted the last time
    std::array<epoll_event, kEvents> events_{};
};

}  // namespace cms::engine
