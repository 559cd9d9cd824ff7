// ArrivalClock and the grid, in virtual time.
#include <doctest/doctest.h>

#include <limits>

#include "engine/arrival_clock.hpp"
#include "engine/grid.hpp"

using namespace cms::engine;

namespace {
constexpr double kWallS = 1.7e9;
}

TEST_SUITE_BEGIN("engine");

TEST_CASE("engine: stamps of the wall clock become moments of the engine's") {
    ArrivalClock clock;
    clock.reading(100.00, kWallS + 100.00);
    clock.reading(100.02, kWallS + 100.02);
    CHECK(clock.arrival_s(kWallS + 100.013) == doctest::Approx(100.013));
    // What comes while others are read is dated as well.
    CHECK(clock.arrival_s(kWallS + 100.024) == doctest::Approx(100.024));
    // Never further in the future, never older than anything that waits.
    CHECK(clock.arrival_s(kWallS + 101) == doctest::Approx(100.02 + ArrivalClock::kLongestReadingS));
    CHECK(clock.arrival_s(kWallS + 1) == doctest::Approx(100.02 - ArrivalClock::kLongestWaitS));
}

TEST_CASE("engine: when the wall clock is set, what waited counts as just come, and the next is dated again") {
    for (const double step_s : {-3600.0, -0.01, 0.01, 3600.0}) {
        CAPTURE(step_s);
        ArrivalClock clock;
        clock.reading(100.00, kWallS + 100.00);
        clock.reading(100.02, kWallS + 100.02 + step_s);
        CHECK(clock.arrival_s(kWallS + 100.013) == 100.02);
        CHECK(clock.arrival_s(kWallS + 100.013 + step_s) == 100.02);
        clock.reading(100.04, kWallS + 100.04 + step_s);
        CHECK(clock.arrival_s(kWallS + 100.033 + step_s) == doctest::Approx(100.033));
    }
}

TEST_CASE("engine: a clock that is slewed is believed") {
    ArrivalClock clock;
    clock.reading(100.00, kWallS + 100.00);
    clock.reading(100.02, kWallS + 100.02001);
    CHECK(clock.arrival_s(kWallS + 100.013) == doctest::Approx(100.013));
}

TEST_CASE("engine: the first reading, and one that was not dated, date nothing") {
    ArrivalClock clock;
    clock.reading(100.00, kWallS + 100.00);
    CHECK(clock.arrival_s(kWallS + 99.99) == 100.00);
    clock.reading(100.02, kWallS + 100.02);
    clock.reading_undated(100.03);
    CHECK(clock.arrival_s(kWallS + 100.025) == 100.03);
}

TEST_CASE("engine: the grid takes its own times as they are and moves everything else to the next") {
    for (const double base_s : {0.0, 1234.0, 3e7}) {
        CHECK(grid_from(base_s) == doctest::Approx(base_s).epsilon(1e-12));
        CHECK(grid_from(base_s + 0.0001) - base_s == doctest::Approx(kGridS).epsilon(1e-4));
        CHECK(grid_from(base_s + 0.0019) - base_s == doctest::Approx(kGridS).epsilon(1e-4));
        CHECK(grid_after(base_s) - base_s == doctest::Approx(kGridS).epsilon(1e-4));
        CHECK(grid_after(base_s + 0.0001) - base_s == doctest::Approx(kGridS).epsilon(1e-4));
        for (int slot = 0; slot < 1000; ++slot) {
            const double at_s = grid_from(base_s + slot * kGridS);
            CHECK(grid_from(at_s) == at_s);
            CHECK(grid_after(at_s) - at_s == doctest::Approx(kGridS).epsilon(1e-3));
        }
    }
    CHECK(grid_from(std::numeric_limits<double>::infinity()) == std::numeric_limits<double>::infinity());
}

TEST_SUITE_END();
