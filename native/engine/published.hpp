// A value that the real-time thread writes and others read, without ever making the writer wait.
#pragma once

#include <mutex>
#include <utility>

namespace cms::engine {

template <typename Value>
class Published {
public:
    // The writer's thread. False: a reader is at it; try again with the next value.
    bool publish(const Value& value) {
        const std::unique_lock lock(mutex_, std::try_to_lock);
        if (!lock) return false;
        value_ = value;
        return true;
    }

    Value read() const {
        const std::lock_guard lock(mutex_);
        return value_;
    }

private:
    mutable std::mutex mutex_;
    Value value_{};
};

}  // namespace cms::engine
