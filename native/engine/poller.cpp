#include "engine/poller.hpp"

#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <system_error>

#include "engine/clock.hpp"
#include "engine/grid.hpp"

namespace cms::engine {

Poller::Poller()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
    if (epoll_.get() < 0 || timer_.get() < 0) throw std::system_error(errno, std::generic_category(), "epoll");
    add(timer_.get(), kTimerKey);
}

void Poller::add(int fd, std::uint64_t key) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = key;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
}

void Poller::remove(int fd) { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

void Poller::arm(double deadline_s) {
    const double wanted_s = std::isfinite(deadline_s) ? std::max(deadline_s, 1e-9) : 0;
    if (wanted_s == armed_s_) return;
    itimerspec timer{};
    timer.it_value = timespec_of(wanted_s);
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &timer, nullptr);
    armed_s_ = wanted_s;
}

std::span<const epoll_event> Poller::wait(double deadline_s) {
    const double rest_until_s = std::min(rest_until_s_, deadline_s);
    if (!more_ && rest_until_s > monotonic_s()) {
        const timespec until = timespec_of(rest_until_s);
        ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
    }
    const bool due = deadline_s <= monotonic_s();
    if (!due) arm(deadline_s);
    const int ready = ::epoll_wait(epoll_.get(), events_.data(), kEvents, due ? 0 : -1);
    more_ = ready == static_cast<int>(kEvents);
    const auto begin = events_.begin();
    const auto end = std::remove_if(begin, begin + std::max(ready, 0), [this](const epoll_event& event) {
        if (event.data.u64 != kTimerKey) return false;
        std::uint64_t expirations = 0;
        if (::read(timer_.get(), &expirations, sizeof expirations) > 0) armed_s_ = 0;
        return true;
    });
    const double now_s = monotonic_s();
    if (end != begin) lively_until_s_ = now_s + kLivelyS;
    rest_until_s_ = now_s < lively_until_s_ ? grid_after(now_s) : 0;
    return {events_.data(), static_cast<std::size_t>(end - begin)};
}

}  // namespace cms::engine
