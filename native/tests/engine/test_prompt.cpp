#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "engine/prompt.hpp"

namespace cms::engine {
namespace {

Samples steady(int ticks) {
    return std::make_shared<const std::vector<std::int16_t>>(static_cast<std::size_t>(ticks * audio::kTickSamples), 8000);
}

}  // namespace

TEST_CASE("prompt: heard at the rate asked for, then nothing, and its sound is let go") {
    for (const audio::Rate rate : {audio::Rate::khz8, audio::Rate::khz16, audio::Rate::khz48}) {
        Prompt prompt;
        const Samples samples = steady(3);
        prompt.play(samples, false, 1.0F);
        CHECK(samples.use_count() == 2);
        int ticks = 0;
        for (; const std::int16_t* heard = prompt.tick(rate); ++ticks) {
            const auto middle = static_cast<std::size_t>(audio::tick_samples(rate) / 2);
            if (ticks == 1) CHECK(heard[middle] == doctest::Approx(8000).epsilon(0.01));
        }
        CHECK(ticks == 5);  // the player finds the end in the fourth, in the fifth the filter rings
        CHECK(samples.use_count() == 1);
    }
}

TEST_CASE("prompt: stopped it fades, and its sound is let go at once") {
    Prompt prompt;
    CHECK(prompt.tick(audio::Rate::khz48) == nullptr);
    const Samples samples = steady(50);
    prompt.play(samples, true, 1.0F);
    REQUIRE(prompt.tick(audio::Rate::khz48) != nullptr);
    prompt.stop();
    CHECK(samples.use_count() == 1);
    const std::int16_t* fading = prompt.tick(audio::Rate::khz48);
    REQUIRE(fading != nullptr);
    CHECK(fading[0] == doctest::Approx(8000).epsilon(0.01));
    CHECK(fading[audio::kTickSamples - 1] == 0);
}

}  // namespace cms::engine
