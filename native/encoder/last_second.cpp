#include "encoder/last_second.hpp"

#include <algorithm>

namespace cms::encoder {
namespace {

constexpr double kAgeS = 1.0 - 1e-6;  // thirty thirtieths make a second, whatever the rounding

}  // namespace

void LastSecond::advance(double elapsed_s) {
    for (Picture& each : pictures_) each.age_s += elapsed_s;
    while (!pictures_.empty() && pictures_.front().age_s >= kAgeS) {
        bits_ -= pictures_.front().bits;
        pictures_.pop_front();
    }
    if (pictures_.empty()) bits_ = 0;  // whatever rounding left
}

void LastSecond::add(double bits) {
    pictures_.push_back({0, bits});
    bits_ += bits;
}

void LastSecond::take_back() {
    if (pictures_.empty()) return;
    bits_ -= pictures_.back().bits;
    pictures_.pop_back();
}

void LastSecond::scale(double factor) {
    for (Picture& each : pictures_) each.bits *= factor;
    bits_ *= factor;
}

double LastSecond::bits_each(double most_bits, double step_s) const {
    double each = most_bits, counting = bits_;
    auto oldest = pictures_.begin();
    int count = 1;
    for (double later_s = 0; later_s < kAgeS; later_s += step_s, ++count) {
        for (; oldest != pictures_.end() && oldest->age_s + later_s >= kAgeS; ++oldest) counting -= oldest->bits;
        each = std::min(each, (most_bits - counting) / count);
    }
    return each;
}

}  // namespace cms::encoder
