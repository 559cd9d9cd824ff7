#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "audio/signal.hpp"
#include "audio/stretch.hpp"

namespace cms::audio {

TEST_CASE("stretch: the period of a tone is a multiple of its own") {
    for (const double hz : {120.0, 250.0, 440.0, 1000.0, 3000.0}) {
        const Period period = find_period(test::sine(hz, kStretchSamples));
        const double cycles = period.samples * hz / kSampleRateHz;
        CAPTURE(hz);
        CHECK(period.likeness > 0.98F);
        CHECK(std::abs(cycles - std::round(cycles)) < 0.04);
    }
}

TEST_CASE("stretch: noise has no period, silence any") {
    std::mt19937 random(2);
    test::Samples noise(kStretchSamples);
    for (auto& sample : noise) sample = static_cast<std::int16_t>(static_cast<int>(random() % 20001) - 10000);
    CHECK(find_period(noise).likeness < 0.5F);
    CHECK(find_period(test::Samples(kStretchSamples)).likeness == 1.0F);
    CHECK(find_period(test::Samples(100)).samples == 0);
}

TEST_CASE("stretch: shorter and longer by one period, without a seam") {
    const test::Samples tone = test::sine(250, 4 * kTickSamples);
    const Period period = find_period(std::span(tone).first(kStretchSamples));
    const auto p = static_cast<std::size_t>(period.samples);

    test::Samples shorter = tone;
    shorten(shorter, period.samples);
    shorter.erase(shorter.begin(), shorter.begin() + period.samples);
    CHECK(test::distortion_db(std::span(shorter).first(2880), 250) < -30);

    test::Samples longer(3 * p);
    lengthen(tone, period.samples, longer);
    longer.insert(longer.end(), tone.begin() + 2 * period.samples, tone.end());
    CHECK(longer.size() == tone.size() + p);
    CHECK(test::distortion_db(std::span(longer).first(3840), 250) < -30);
}

}  // namespace cms::audio
