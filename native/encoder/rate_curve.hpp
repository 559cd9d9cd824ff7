// How many bits a picture takes at each QP, per unit of its activity, as learned from those that were encoded.
//
// Bits halve somewhere between every QP (noise falling below the quantiser's dead zone) and every eight (text), so the
// shape is learned point by point; what one point says bounds the others. Pure.
#pragma once

#include <array>

namespace cms::encoder {

constexpr int kMaxQp = 51;

class RateCurve {
public:
    // Begins as a plain curve through `bits` per unit of activity at QP 24.
    explicit RateCurve(double bits_at_24);

    double bits(int qp, double activity) const;
    // The least QP of least..most at which a picture fits into `bits`; `most` when none does.
    int least_qp(double bits, double activity, int least, int most) const;
    void learn(int qp, double activity, double bits);

private:
    std::array<double, kMaxQp + 1> log2_bits_{};
};

}  // namespace cms::encoder
