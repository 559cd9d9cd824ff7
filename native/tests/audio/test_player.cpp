#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include "audio/player.hpp"
#include "audio/signal.hpp"

namespace cms::audio {

TEST_CASE("player: plays once, to the last sample, then says nothing plays") {
    const test::Samples sound(1500, 1000);
    Player player;
    Block block;
    CHECK_FALSE(player.tick(block));
    player.play(sound, false, 1.0F);
    CHECK(player.tick(block));
    CHECK(block[0] < 10);
    CHECK(block[959] == 1000);
    CHECK(player.tick(block));
    CHECK(block[539] == 1000);
    CHECK(block[540] == 0);
    CHECK(player.finished());
    CHECK_FALSE(player.tick(block));
}

TEST_CASE("player: loops without a seam, with gain") {
    const test::Samples sound = test::sine(1000, 480 * 3);
    Player player;
    player.play(sound, true, 0.5F);
    test::Samples heard;
    Block block;
    for (int i = 0; i < 50; ++i) {
        CHECK(player.tick(block));
        heard.insert(heard.end(), block.begin(), block.end());
    }
    const auto settled = std::span(heard).subspan(kTickSamples);
    CHECK(test::amplitude_at(settled, 1000) == doctest::Approx(0.125).epsilon(0.01));
    CHECK(test::distortion_db(settled, 1000) < -60);
    CHECK_FALSE(player.finished());
}

TEST_CASE("player: stop fades out within 5 ms and does not need the samples any more") {
    Player player;
    Block block;
    {
        const test::Samples sound(48000, 10000);
        player.play(sound, true, 1.0F);
        player.tick(block);
        player.stop();
    }
    CHECK(player.finished());
    CHECK(player.tick(block));
    CHECK(block[0] > 9900);
    CHECK(block[239] < 100);
    CHECK(test::largest_step(block) < 50);
    CHECK(block[240] == 0);
    CHECK_FALSE(player.tick(block));
}

TEST_CASE("player: another sound takes over with a cross-fade; gain cannot wrap") {
    const test::Samples first(9600, 20000);
    const test::Samples second(9600, -20000);
    Player player;
    Block block;
    player.play(first, false, 1.0F);
    player.tick(block);
    player.play(second, false, 3.0F);
    player.tick(block);
    CHECK(block[0] > 19000);
    CHECK(block[959] == -32768);
    CHECK(test::largest_step(block) < 500);
}

TEST_CASE("player: an empty sound plays nothing, looped or not") {
    Player player;
    Block block;
    player.play({}, true, 1.0F);
    CHECK(player.finished());
    CHECK_FALSE(player.tick(block));
}

}  // namespace cms::audio
