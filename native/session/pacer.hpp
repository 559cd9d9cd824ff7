// Spreads the packets of a big picture over a few milliseconds: a token bucket over a run of sequence numbers.
//
// It counts, the session sends. Wake-ups are at least kSlotS apart, so that a burst costs a few of them, not one per packet.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace cms::session {

class Pacer {
public:
    static constexpr double kSlotS = 0.002;
    // What may leave at once: a delta picture of 2 Mbit/s at 30 fps is 8 KB and is not worth a second wake-up.
    static constexpr double kBurstBytes = 10'000;

    // 0: no pacing.
    void set_rate(int bitrate_bps) { bytes_per_s_ = bitrate_bps / 8.0; }

    void refill(double now_s) {
        budget_bytes_ = std::min(kBurstBytes, budget_bytes_ + (now_s - last_s_) * bytes_per_s_);
        last_s_ = now_s;
    }

    bool may_send() const { return bytes_per_s_ <= 0 || budget_bytes_ > 0; }
    // Unpaced packets leave no debt: it would hold up everything once a rate is set.
    void sent(std::size_t bytes) {
        if (bytes_per_s_ > 0) budget_bytes_ -= static_cast<double>(bytes);
    }

    // When the next packet may go; at least one slot away.
    double next_s(double now_s) const { return now_s + std::max(kSlotS, -budget_bytes_ / bytes_per_s_); }

private:
    double bytes_per_s_ = 0;
    double budget_bytes_ = kBurstBytes;
    double last_s_ = 0;
};

}  // namespace cms::session
