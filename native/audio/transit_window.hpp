// How long packets took in the last seconds, relative to the fastest one: the measure behind the playout delay.
#pragma once

#include <memory>

namespace cms::audio {

class TransitWindow {
public:
    // `transit_s` is arrival less timestamp, on whatever zero.
    void add(double arrival_s, double transit_s);
    void clear();

    bool empty() const { return count_ == 0; }
    // The smallest transit.
    double base_s() const { return epoch_transit_s_ + base_; }
    // What 99 of 100 packets took at most longer than the fastest.
    double jitter_s() const { return jitter_; }

private:
    // Ten seconds of 20 ms packets; older ones are forgotten by time as well, for senders that pause.
    static constexpr int kPackets = 512;
    static constexpr int kRecent = 16;
    // The whole window is looked at again only so often while nothing falls out of what is known of it.
    static constexpr int kLongestRest = 4 * kRecent;
    static constexpr float kMaxAgeS = 10.0F;

    struct Entry {
        float arrival_s;
        float transit_s;
    };  // relative to the epoch: seconds in a float keep 8 ms after a day, which the age tolerates

    void estimate();
    void keep_recent_if_path_changed();
    const Entry& latest(int back) const;

    int next_ = 0;
    int count_ = 0;
    int since_estimate_ = 0;
    bool unusual_ = false;  // some packet since then was faster than all, or slower than nearly all
    double epoch_arrival_s_ = 0;
    double epoch_transit_s_ = 0;
    float base_ = 0;
    float jitter_ = 0;
    std::unique_ptr<Entry[]> entries_ = std::make_unique_for_overwrite<Entry[]>(kPackets);
};

}  // namespace cms::audio
