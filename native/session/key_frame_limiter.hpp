// Wishes for a key frame, at most one per 500 ms; one that comes too early is kept until a key frame comes.
#pragma once

#include <limits>

namespace cms::session {

class KeyFrameLimiter {
public:
    static constexpr double kSpacingS = 0.5;

    void wish() { wanted_ = true; }
    void satisfied() { wanted_ = false; }

    // True when a wish is to be passed on now; it then counts as passed on.
    bool take(double now_s) {
        if (!wanted_ || now_s < last_s_ + kSpacingS) return false;
        wanted_ = false;
        last_s_ = now_s;
        return true;
    }

    double deadline_s() const { return wanted_ ? last_s_ + kSpacingS : std::numeric_limits<double>::infinity(); }

private:
    bool wanted_ = false;
    double last_s_ = -1e9;
};

}  // namespace cms::session
