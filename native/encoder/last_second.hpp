// What was sent within the last second.
#pragma once

#include <deque>

namespace cms::encoder {

class LastSecond {
public:
    // Time goes on; call it before each picture. A picture counts for one second.
    void advance(double elapsed_s);
    void add(double bits);
    // The latest picture is void: it was encoded again.
    void take_back();
    // As if all of it had been sent at another rate.
    void scale(double factor);
    double bits() const { return bits_; }
    // The most that each picture of the second to come may take, one now and one every `step_s`, so no second takes
    // more than `most_bits` until then. Below 0: none.
    double bits_each(double most_bits, double step_s) const;

private:
    struct Picture {
        double age_s;
        double bits;
    };
    std::deque<Picture> pictures_;  // oldest first
    double bits_ = 0;
};

}  // namespace cms::encoder
