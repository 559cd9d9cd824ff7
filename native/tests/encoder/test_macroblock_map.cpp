#include "encoder/macroblock_map.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <stdexcept>
#include <vector>

using cms::encoder::MacroblockMap;
using cms::video::Rectangle;

namespace {

int count(const MacroblockMap& map) { return std::accumulate(map.marked().begin(), map.marked().end(), 0); }

}  // namespace

TEST_SUITE_BEGIN("encoder");

TEST_CASE("marks every macroblock that a rectangle touches") {
    MacroblockMap map(64, 36);  // 4 x 3, the last row cut
    CHECK(count(map) == 12);
    map.clear();
    CHECK(count(map) == 0);
    map.mark(std::vector<Rectangle>{{16, 16, 16, 16}});
    CHECK(count(map) == 1);
    CHECK(map.marked()[5] == 1);
    map.mark(std::vector<Rectangle>{{30, 30, 4, 6}});
    CHECK(count(map) == 4);
    map.mark(std::vector<Rectangle>{{0, 0, 0, 36}, {0, 0, 64, 0}});
    CHECK(count(map) == 4);
    map.mark(std::vector<Rectangle>{{0, 0, 64, 36}});
    CHECK(count(map) == 12);
}

TEST_CASE("a rectangle outside is refused") {
    MacroblockMap map(64, 36);
    for (const Rectangle& bad : {Rectangle{-1, 0, 8, 8}, Rectangle{0, 0, 65, 8}, Rectangle{0, 35, 8, 2}, Rectangle{8, 8, -8, 8},
                                 Rectangle{2147483647, 0, 2147483647, 8}})
        CHECK_THROWS_AS(map.mark(std::vector<Rectangle>{bad}), std::invalid_argument);
}

TEST_SUITE_END();
