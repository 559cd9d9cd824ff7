#include "wire/replay_window.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using cms::wire::ReplayWindow;

TEST_CASE("replay window: the same as a set that forgets") {
    std::mt19937 random(3);
    ReplayWindow window;
    std::set<std::int64_t> seen;
    std::int64_t base = 0;
    for (int i = 0; i < 50000; ++i) {
        base += random() % 3 + (random() % 500 == 0 ? random() % 3000 : 0);
        const std::int64_t index = base - static_cast<std::int64_t>(random() % 1400);
        const bool expected = index > window.newest() || (index >= 0 && index > window.newest() - ReplayWindow::kSize &&
                                                          seen.count(index) == 0);
        CHECK(window.fresh(index) == expected);
        if (!expected) continue;
        window.accept(index);
        seen.insert(index);
    }
}
