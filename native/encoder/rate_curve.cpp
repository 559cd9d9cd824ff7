#include "encoder/rate_curve.hpp"

#include <algorithm>
#include <cmath>

namespace cms::encoder {
namespace {

constexpr double kUsualHalving = 5.0;           // QP per halving of the bits before anything is known
constexpr double kSteepest = 1.0;               // halvings per QP
constexpr double kFlattest = 1.0 / 10.0;
constexpr double kShareOfPoint = 0.5;           // of a surprise, taken by the QP that was used
constexpr double kShareOfAll = 0.12;            // and by all of them: usually the content has changed, not the shape
constexpr double kForgetting = 0.06;           // what no picture has confirmed lately goes back to the usual shape
constexpr double kLeastBits = 64;               // headers: an empty picture says nothing about the rest

}  // namespace

RateCurve::RateCurve(double bits_at_24) {
    for (int qp = 0; qp <= kMaxQp; ++qp)
        log2_bits_[static_cast<std::size_t>(qp)] = std::log2(bits_at_24) - (qp - 24) / kUsualHalving;
}

double RateCurve::bits(int qp, double activity) const {
    return activity * std::exp2(log2_bits_[static_cast<std::size_t>(qp)]);
}

int RateCurve::least_qp(double bits_wanted, double activity, int least, int most) const {
    int qp = least;
    while (qp < most && bits(qp, activity) > bits_wanted) ++qp;
    return qp;
}

void RateCurve::learn(int qp, double activity, double bits) {
    const double seen = std::log2(std::max(bits, kLeastBits) / activity);
    const double surprise = seen - log2_bits_[static_cast<std::size_t>(qp)];
    for (double& each : log2_bits_) each += kShareOfAll * surprise;
    const double here = log2_bits_[static_cast<std::size_t>(qp)] += kShareOfPoint * surprise;
    for (int other = 0; other <= kMaxQp; ++other) {
        const double a = here - (other - qp) * kSteepest, b = here - (other - qp) * kFlattest;
        double& there = log2_bits_[static_cast<std::size_t>(other)];
        there += kForgetting * (here - (other - qp) / kUsualHalving - there);
        there = std::clamp(there, std::min(a, b), std::max(a, b));
    }
}

}  // namespace cms::encoder
