#include "engine/events.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <system_error>

namespace cms::engine {

EventQueue::EventQueue() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (fd_.get() < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

bool EventQueue::push(Event event, bool patient) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t dropped_before = dropped_;
    if (auto* unit = std::get_if<AccessUnit>(&event)) {
        make_room(*unit);
        if (broken_.erase(unit->stream) > 0) unit->unit.damaged = true;
        waiting_[unit->stream].add(*unit);
        all_.add(*unit);
    } else if (events_.size() >= kMaxEvents) {
        drop(events_.begin());
    }
    events_.push_back(std::move(event));
    if (!patient && !woken_) {
        woken_ = true;
        ::eventfd_write(fd_.get(), 1);
    }
    return dropped_ == dropped_before;
}

void EventQueue::make_room(const AccessUnit& unit) {
    const std::size_t bytes = unit.unit.data.size();
    const auto full = [&](const Waiting& waiting, std::size_t most_units, std::size_t most_bytes) {
        return waiting.units > 0 && (waiting.units >= most_units || waiting.bytes + bytes > most_bytes);
    };
    while (full(waiting_[unit.stream], kUnitsPerStream, kBytesPerStream)) {
        drop(next_unit(events_.begin(), unit.stream));
    }
    while (full(all_, kMaxEvents, kMaxBytes)) drop(next_unit(events_.begin(), std::nullopt));
}

// From `at` on; without a stream of any.
EventQueue::Place EventQueue::next_unit(Place at, std::optional<int> stream) {
    return std::find_if(at, events_.end(), [&](const Event& event) {
        const auto* unit = std::get_if<AccessUnit>(&event);
        return unit != nullptr && unit->stream == stream.value_or(unit->stream);
    });
}

void EventQueue::drop(Place place) {
    ++dropped_;
    const auto* unit = std::get_if<AccessUnit>(&*place);
    if (unit == nullptr) {
        events_.erase(place);
        return;
    }
    const int stream = unit->stream;
    waiting_[stream].remove(*unit);
    all_.remove(*unit);
    const Place after = next_unit(events_.erase(place), stream);
    if (after != events_.end()) {
        std::get<AccessUnit>(*after).unit.damaged = true;
    } else {
        broken_.insert(stream);
    }
}

std::vector<Event> EventQueue::take() {
    std::deque<Event> taken;
    {
        const std::lock_guard lock(mutex_);
        taken.swap(events_);
        waiting_.clear();
        all_ = {};
        eventfd_t ignored = 0;
        if (woken_) ::eventfd_read(fd_.get(), &ignored);
        woken_ = false;
    }
    return {std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end())};
}

std::uint64_t EventQueue::dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

}  // namespace cms::engine
