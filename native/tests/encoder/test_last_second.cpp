#include "encoder/last_second.hpp"

#include <doctest/doctest.h>

using cms::encoder::LastSecond;

TEST_SUITE_BEGIN("encoder");

TEST_CASE("a picture counts for a second: the last thirty of thirty a second") {
    LastSecond last;
    for (int i = 0; i < 100; ++i) {
        last.advance(1.0 / 30);
        last.add(10);
        CHECK(last.bits() == doctest::Approx(10 * (i < 30 ? i + 1 : 30)));
    }
    last.advance(2.0);
    CHECK(last.bits() == 0);
}

TEST_CASE("the latest can be taken back, all can be scaled") {
    LastSecond last;
    last.take_back();
    last.add(10);
    last.add(6);
    last.take_back();
    last.scale(0.5);
    CHECK(last.bits() == 5);
}

TEST_CASE("each picture to come may take what the pictures after it could take as well") {
    LastSecond last;
    CHECK(last.bits_each(300, 0.1) == doctest::Approx(30));
    last.advance(0.1);
    last.add(100);  // goes with the tenth picture from now
    last.advance(0.1);
    CHECK(last.bits_each(300, 0.1) == doctest::Approx(200.0 / 9));
    last.advance(0.7);
    CHECK(last.bits_each(300, 0.1) == doctest::Approx(30));
    last.add(190);  // what it leaves is for the one picture before the first goes, and then for nine
    last.advance(0.1);
    CHECK(last.bits_each(300, 0.1) == doctest::Approx(10));
    CHECK(last.bits_each(100, 0.1) < 0);
}

TEST_SUITE_END();
