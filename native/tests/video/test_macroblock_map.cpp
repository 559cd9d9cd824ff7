#include "video/macroblock_map.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <stdexcept>

using cms::video::MacroblockMap;
using cms::video::Rectangle;

namespace {

int count(const MacroblockMap& map) { return std::accumulate(map.marked().begin(), map.marked().end(), 0); }

}  // namespace

TEST_CASE("map: marks every macroblock that a rectangle touches") {
    MacroblockMap map(64, 36);  // 4 x 3, the last row cut
    CHECK(count(map) == 12);
    map.clear();
    CHECK(count(map) == 0);
    map.mark({16, 16, 16, 16});
    CHECK(count(map) == 1);
    CHECK(map.marked()[5] == 1);
    map.mark({30, 30, 4, 6});
    CHECK(count(map) == 4);
    map.mark({0, 0, 0, 36});
    map.mark({0, 0, 64, 0});
    CHECK(count(map) == 4);
    map.mark({0, 0, 64, 36});
    CHECK(count(map) == 12);
}

TEST_CASE("map: a rectangle outside is refused") {
    MacroblockMap map(64, 36);
    for (const Rectangle& bad : {Rectangle{-1, 0, 8, 8}, Rectangle{0, 0, 65, 8}, Rectangle{0, 35, 8, 2}, Rectangle{8, 8, -8, 8},
                                 Rectangle{2147483647, 0, 2147483647, 8}})
        CHECK_THROWS_AS(map.mark(bad), std::invalid_argument);
}

TEST_CASE("map: takes over the marks of another of its size") {
    MacroblockMap map(64, 36), other(64, 36);
    map.clear();
    other.clear();
    map.mark({0, 0, 16, 16});
    other.mark({16, 0, 16, 16});
    map.mark(other);
    CHECK(count(map) == 2);
    CHECK_THROWS_AS(map.mark(MacroblockMap(64, 34)), std::invalid_argument);
}

TEST_CASE("map: a size that no picture has is refused") {
    for (const int side : {0, -16, 16385}) {
        CHECK_THROWS_AS(MacroblockMap(side, 16), std::invalid_argument);
        CHECK_THROWS_AS(MacroblockMap(16, side), std::invalid_argument);
    }
}
