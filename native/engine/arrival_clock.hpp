// When a datagram that is read later came: the kernel's stamp, CLOCK_REALTIME, in the engine's time.
//
// The wall clock may be set while a packet waits. Its distance to the engine's clock is looked at before every reading: when
// that changed, nothing that waited can be dated, and all of it counts as just come.
#pragma once

#include <algorithm>
#include <cmath>

namespace cms::engine {

class ArrivalClock {
public:
    // Longer than this nothing waits to be read: RTCP a second. What waits that long when the clock is set may be dated wrong.
    static constexpr double kLongestWaitS = 1.1;
    // Nor does reading all that is there take longer; what comes meanwhile is read with it.
    static constexpr double kLongestReadingS = 0.02;
    // A clock that is slewed drifts 10 µs in the time between two readings (adjtimex(2): 500 ppm of 20 ms).
    static constexpr double kStepS = 0.001;

    // Datagrams are about to be read: the two clocks now.
    void reading(double now_s, double wall_s) {
        const double offset_s = wall_s - now_s;
        undated_ = std::abs(offset_s - offset_s_) > kStepS;
        offset_s_ = offset_s;
        now_s_ = now_s;
    }

    // The same where stamps do not matter.
    void reading_undated(double now_s) {
        undated_ = true;
        now_s_ = now_s;
    }

    double now_s() const { return now_s_; }

    double arrival_s(double stamp_wall_s) const {
        if (undated_) return now_s_;
        return std::clamp(stamp_wall_s - offset_s_, now_s_ - kLongestWaitS, now_s_ + kLongestReadingS);
    }

private:
    double now_s_ = 0;
    double offset_s_ = 0;
    bool undated_ = true;
};

}  // namespace cms::engine
