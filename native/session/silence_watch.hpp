// Tells once when nothing has come for a while, and once when something comes again.
#pragma once

#include <limits>

#include "session/ports.hpp"

namespace cms::session {

class SilenceWatch {
public:
    explicit SilenceWatch(double timeout_s) : timeout_s_(timeout_s) {}

    // Begins to wait; stopped, it never tells.
    void start(double now_s) {
        if (!running_) last_s_ = now_s;
        running_ = true;
    }
    void stop() { running_ = silent_ = false; }

    void heard(double now_s, SessionEvents& events) {
        last_s_ = now_s;
        if (silent_) events.on_silence(false);
        silent_ = false;
    }

    void check(double now_s, SessionEvents& events) {
        if (!running_ || silent_ || now_s < last_s_ + timeout_s_) return;
        silent_ = true;
        events.on_silence(true);
    }

    double deadline_s() const {
        return running_ && !silent_ ? last_s_ + timeout_s_ : std::numeric_limits<double>::infinity();
    }

private:
    double timeout_s_;
    double last_s_ = 0;
    bool running_ = false;
    bool silent_ = false;
};

}  // namespace cms::session
