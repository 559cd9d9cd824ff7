// When to send RTCP: reports at a randomised interval (RFC 3550 section 6.2), feedback early (RFC 4585 section 3.5).
//
// Simplified: two participants, so the bandwidth rules that scale the interval with the group never apply.
#pragma once

#include <algorithm>

#include "session/sender_state.hpp"

namespace cms::session {

class RtcpSchedule {
public:
    // Feedback packets follow one another no closer than this.
    static constexpr double kFeedbackSpacingS = 0.01;

    RtcpSchedule(double interval_s, Random& random, double now_s) : interval_s_(interval_s), random_(random) {
        // The first report comes after half an interval: it opens NAT bindings and starts lip-sync (RFC 3550 6.2).
        next_s_ = now_s + spread(interval_s_ / 2);
    }

    // Something to say now; due as soon as the spacing allows.
    void want_feedback(double now_s) { next_s_ = std::min(next_s_, std::max(now_s, feedback_possible_s())); }

    // The soonest that want_feedback can have an effect.
    double feedback_possible_s() const { return last_s_ + kFeedbackSpacingS; }

    bool due(double now_s) const { return now_s >= next_s_; }
    double deadline_s() const { return next_s_; }

    void sent(double now_s) {
        last_s_ = now_s;
        next_s_ = now_s + spread(interval_s_);
    }

private:
    double spread(double mean_s) { return mean_s * std::uniform_real_distribution<double>(0.5, 1.5)(random_); }

    double interval_s_;
    Random& random_;
    double next_s_ = 0;
    double last_s_ = -1e9;
};

}  // namespace cms::session
