#include "audio/transit_window.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

namespace cms::audio {
namespace {

// A whole third of a second that slow is another route, not jitter; a packet that fast shows that the past was a jam.
constexpr float kOtherPathS = 0.08F;

constexpr int kPacketsPerOutlier = 100;

}  // namespace

void TransitWindow::clear() {
    next_ = count_ = since_estimate_ = 0;
    base_ = jitter_ = 0;
    unusual_ = false;
}

const TransitWindow::Entry& TransitWindow::latest(int back) const {
    return entries_[static_cast<std::size_t>((next_ - 1 - back + 2 * kPackets) % kPackets)];
}

void TransitWindow::add(double arrival_s, double transit_s) {
    if (count_ == 0) {
        epoch_arrival_s_ = arrival_s;
        epoch_transit_s_ = transit_s;
    }
    const Entry entry{static_cast<float>(arrival_s - epoch_arrival_s_), static_cast<float>(transit_s - epoch_transit_s_)};
    if (entry.transit_s < base_ - kOtherPathS) count_ = 0;
    entries_[static_cast<std::size_t>(next_)] = entry;
    next_ = (next_ + 1) % kPackets;
    count_ = std::min(count_ + 1, kPackets);
    if (count_ == 1) {
        base_ = entry.transit_s;
        jitter_ = 0;
    }
    unusual_ = unusual_ || entry.transit_s < base_ || entry.transit_s > base_ + jitter_;
    base_ = std::min(base_, entry.transit_s);
    if (count_ < kRecent) jitter_ = std::max(jitter_, entry.transit_s - base_);
    if (++since_estimate_ % kRecent == 0 && (unusual_ || since_estimate_ >= kLongestRest)) estimate();
}

void TransitWindow::keep_recent_if_path_changed() {
    if (count_ <= kRecent) return;
    float fastest = latest(0).transit_s;
    for (int back = 1; back < kRecent; ++back) fastest = std::min(fastest, latest(back).transit_s);
    if (fastest > base_ + kOtherPathS) count_ = kRecent;
}

void TransitWindow::estimate() {
    since_estimate_ = 0;
    unusual_ = false;
    keep_recent_if_path_changed();
    // The slowest, in order; nearly all others are only compared with the last of them.
    std::array<float, kPackets / kPacketsPerOutlier + 1> slowest;
    slowest.fill(std::numeric_limits<float>::lowest());
    const float oldest = latest(0).arrival_s - kMaxAgeS;
    base_ = latest(0).transit_s;
    int kept = 0;
    for (; kept < count_ && latest(kept).arrival_s >= oldest; ++kept) {
        const float transit_s = latest(kept).transit_s;
        base_ = std::min(base_, transit_s);
        if (transit_s <= slowest.back()) continue;
        const auto place = std::ranges::find_if(slowest, [=](float other_s) { return other_s < transit_s; });
        std::move_backward(place, slowest.end() - 1, slowest.end());
        *place = transit_s;
    }
    count_ = kept;
    jitter_ = slowest[static_cast<std::size_t>(kept / kPacketsPerOutlier)] - base_;
}

}  // namespace cms::audio
