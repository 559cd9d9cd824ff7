#include "engine/events.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <system_error>

namespace cms::engine {

EventQueue::EventQueue() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (fd_.get() < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

bool EventQueue::push(Event event) {
    const std::lock_guard lock(mutex_);
    const bool room = make_room(event);
    if (const auto* unit = std::get_if<AccessUnit>(&event)) ++units_[unit->stream];
    const bool first = events_.empty();
    events_.push_back(std::move(event));
    if (first) ::eventfd_write(fd_.get(), 1);
    return room;
}

// True when nothing had to go.
bool EventQueue::make_room(const Event& event) {
    if (const auto* unit = std::get_if<AccessUnit>(&event)) {
        std::size_t& waiting = units_[unit->stream];
        if (waiting < kUnitsPerStream) return true;
        const auto of_stream = [&](const Event& e) {
            const auto* other = std::get_if<AccessUnit>(&e);
            return other != nullptr && other->stream == unit->stream;
        };
        const auto oldest = std::find_if(events_.begin(), events_.end(), of_stream);
        const auto next = events_.erase(oldest);
        const auto after = std::find_if(next, events_.end(), of_stream);
        if (after != events_.end()) std::get<AccessUnit>(*after).unit.damaged = true;
        --waiting;
    } else {
        if (events_.size() < kMaxEvents) return true;
        if (const auto* oldest = std::get_if<AccessUnit>(&events_.front())) --units_[oldest->stream];
        events_.pop_front();
    }
    ++dropped_;
    return false;
}

std::vector<Event> EventQueue::take() {
    std::deque<Event> taken;
    {
        const std::lock_guard lock(mutex_);
        taken.swap(events_);
        units_.clear();
        eventfd_t ignored = 0;
        if (!taken.empty()) ::eventfd_read(fd_.get(), &ignored);
    }
    return {std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end())};
}

std::uint64_t EventQueue::dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

}  // namespace cms::engine
