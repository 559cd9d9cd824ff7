// The engine's clock: CLOCK_MONOTONIC in seconds, what Python's time.monotonic() gives.
#pragma once

#include <ctime>

namespace cms::engine {

inline double seconds_of(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

inline double monotonic_s() { return seconds_of(CLOCK_MONOTONIC); }

inline timespec timespec_of(double seconds) {
    timespec time{};
    time.tv_sec = static_cast<time_t>(seconds);
    time.tv_nsec = static_cast<long>((seconds - static_cast<double>(time.tv_sec)) * 1e9);
    return time;
}

}  // namespace cms::engine
