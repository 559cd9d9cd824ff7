#include <doctest/doctest.h>

#include <random>

#include "audio/transit_window.hpp"

namespace cms::audio {
namespace {

// `count` packets of 20 ms with transit `base_s` and uniform jitter on top; returns the time of the last.
double feed(TransitWindow& window, double from_s, int count, double base_s, double jitter_s) {
    std::mt19937 random(4);
    std::uniform_real_distribution<> extra(0, jitter_s);
    double now = from_s;
    for (int i = 0; i < count; ++i, now += 0.02) window.add(now, base_s + extra(random));
    return now;
}

}  // namespace

TEST_CASE("transit window: base is the fastest packet, jitter what 99 of 100 stay within") {
    TransitWindow window;
    feed(window, 100, 600, -7.5, 0.05);
    CHECK(window.base_s() == doctest::Approx(-7.5).epsilon(0.001));
    CHECK(window.jitter_s() == doctest::Approx(0.0495).epsilon(0.03));
}

TEST_CASE("transit window: jitter is known from the first packets on") {
    TransitWindow window;
    window.add(1.0, 0.5);
    CHECK(window.jitter_s() == 0.0);
    window.add(1.02, 0.53);
    CHECK(window.jitter_s() == doctest::Approx(0.03));
}

TEST_CASE("transit window: what is ten seconds old does not count any more") {
    TransitWindow window;
    const double later = feed(window, 0, 100, 1.0, 0.06);
    feed(window, later + 9, 100, 1.0, 0.001);
    CHECK(window.jitter_s() < 0.002);
}

TEST_CASE("transit window: a longer route is taken for what it is within a third of a second") {
    TransitWindow window;
    const double later = feed(window, 0, 300, 1.0, 0.005);
    feed(window, later, 40, 1.3, 0.005);
    CHECK(window.base_s() > 1.29);
    CHECK(window.jitter_s() < 0.01);
}

TEST_CASE("transit window: jitter that begins is known within a third of a second, not at the next look at all packets") {
    TransitWindow window;
    const double later = feed(window, 0, 288, 1.0, 0.005);
    feed(window, later, 16, 1.0, 0.05);
    CHECK(window.jitter_s() > 0.03);
}

TEST_CASE("transit window: after a jam the fast packets count at once") {
    TransitWindow window;
    const double later = feed(window, 0, 20, 2.0, 0.005);
    window.add(later, 1.0);
    CHECK(window.base_s() == doctest::Approx(1.0));
    CHECK(window.jitter_s() < 0.006);
}

}  // namespace cms::audio
