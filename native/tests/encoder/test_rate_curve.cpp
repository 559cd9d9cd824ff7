#include "encoder/rate_curve.hpp"

#include <doctest/doctest.h>

#include <cmath>

using cms::encoder::RateCurve;

TEST_SUITE_BEGIN("encoder");

TEST_CASE("begins as said, in proportion to the activity") {
    const RateCurve curve(1000);
    CHECK(curve.bits(24, 1) == doctest::Approx(1000));
    CHECK(curve.bits(24, 3) == doctest::Approx(3000));
    CHECK(curve.bits(29, 1) == doctest::Approx(500));
    CHECK(curve.least_qp(500, 1, 16, 46) == 29);
    CHECK(curve.least_qp(1, 1, 16, 46) == 46);
    CHECK(curve.least_qp(1e9, 1, 16, 46) == 16);
}

TEST_CASE("learns a steep content, and the bits fall with every QP all the same") {
    RateCurve curve(1000);
    const auto truth = [](int qp) { return 3000 * std::exp2((24 - qp) / 1.5); };
    for (int i = 0; i < 60; ++i) {
        const int qp = 26 + i % 4;
        curve.learn(qp, 1, truth(qp));
    }
    for (int qp = 26; qp < 30; ++qp) CHECK(curve.bits(qp, 1) == doctest::Approx(truth(qp)).epsilon(0.4));
    for (int qp = 0; qp < cms::encoder::kMaxQp; ++qp) CHECK(curve.bits(qp + 1, 1) < curve.bits(qp, 1));
}

TEST_CASE("an empty picture does not break it") {
    RateCurve curve(1000);
    curve.learn(24, 1, 0);
    CHECK(curve.bits(24, 1) > 0);
    CHECK(std::isfinite(curve.bits(51, 1)));
}

TEST_SUITE_END();
