#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "audio/concealer.hpp"
#include "audio/level.hpp"
#include "audio/signal.hpp"

namespace cms::audio {
namespace {

// The steepest step of a sine.
double own_step(double hz, double amplitude) { return 2 * std::numbers::pi * hz / kSampleRateHz * amplitude * 32768; }

}  // namespace

TEST_CASE("concealer: one lost packet of a tone is not heard at all") {
    for (const double hz : {100.0, 250.0, 440.0, 1000.0}) {
        CAPTURE(hz);
        Concealer concealer;
        test::Tone tone(hz);
        test::Samples heard;
        for (int tick = 0; tick < 50; ++tick) {
            Block block = tone.block();
            tick % 10 == 9 ? concealer.conceal(block) : concealer.receive(block);
            heard.insert(heard.end(), block.begin(), block.end());
        }
        CHECK(test::distortion_db(heard, hz) < -25);
        CHECK(test::largest_step(heard) < 1.6 * own_step(hz, 0.25));
    }
}

TEST_CASE("concealer: fades to silence and comes back without a click") {
    Concealer concealer;
    test::Tone tone(300);
    test::Samples heard;
    for (int tick = 0; tick < 20; ++tick) {
        Block block = tone.block();
        tick >= 5 && tick < 15 ? concealer.conceal(block) : concealer.receive(block);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    const auto part = [&](int tick) { return std::span(heard).subspan(static_cast<std::size_t>(tick * kTickSamples), kTickSamples); };
    CHECK(rms_dbov(part(5)) > -16);
    CHECK(rms_dbov(part(8)) < -20);
    CHECK(rms_dbov(part(11)) == kSilenceDbov);
    CHECK(test::largest_step(heard) < 2 * own_step(300, 0.25));
}

TEST_CASE("concealer: noise stays as loud as it was") {
    std::mt19937 random(9);
    Concealer concealer;
    Block block;
    for (int tick = 0; tick < 5; ++tick) {
        for (auto& sample : block) sample = static_cast<std::int16_t>(static_cast<int>(random() % 8001) - 4000);
        concealer.receive(block);
    }
    const float before = rms_dbov(block);
    concealer.conceal(block);
    CHECK(rms_dbov(block) == doctest::Approx(before).epsilon(0.05));
}

TEST_CASE("concealer: with no past there is silence") {
    Concealer concealer;
    Block block;
    block.fill(5);
    concealer.conceal(block);
    CHECK(rms_dbov(block) == kSilenceDbov);
}

}  // namespace cms::audio
