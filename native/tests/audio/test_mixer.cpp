#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "audio/mix_room.hpp"
#include "audio/signal.hpp"

namespace cms::audio {
namespace {

// Frequencies with whole periods in a tick, so that they are orthogonal there.
double tone_hz(int leg) { return 400.0 + 50.0 * leg; }

struct Room {
    std::vector<Block> in;
    std::vector<Block> out;
    std::vector<Limiter> limiters;
    std::vector<MixLeg> legs;
    RoomMixer mixer;

    explicit Room(int count, double amplitude = 0.05) : out(static_cast<std::size_t>(count)), limiters(out.size()), legs(out.size()) {
        for (int leg = 0; leg < count; ++leg) in.push_back(test::Tone(tone_hz(leg), amplitude).block());
        for (std::size_t i = 0; i < legs.size(); ++i) legs[i] = {in[i].data(), nullptr, out[i].data(), &limiters[i], false};
    }
    void mix() { mix_room(mixer, legs); }
};

}  // namespace

TEST_CASE("mixer: everybody hears all others and not itself") {
    Room room(9);
    room.mix();
    for (int listener = 0; listener < 9; ++listener) {
        CHECK(room.legs[static_cast<std::size_t>(listener)].audible);
        for (int talker = 0; talker < 9; ++talker) {
            const double heard = test::amplitude_at(room.out[static_cast<std::size_t>(listener)], tone_hz(talker));
            CHECK(heard == doctest::Approx(listener == talker ? 0.0 : 0.05).epsilon(0.01).scale(0.05));
        }
    }
}

TEST_CASE("mixer: silent and muted legs are not mixed but hear") {
    Room room(3);
    room.legs[0].contribution = nullptr;
    room.mix();
    CHECK(test::amplitude_at(room.out[0], tone_hz(1)) == doctest::Approx(0.05).epsilon(0.01));
    CHECK(test::amplitude_at(room.out[1], tone_hz(0)) < 1e-3);
    CHECK(room.mixer.contributors() == 2);
}

TEST_CASE("mixer: a lone participant hears silence, and is told so") {
    Room room(1);
    room.mix();
    CHECK_FALSE(room.legs[0].audible);
    CHECK(std::ranges::all_of(room.out[0], [](auto sample) { return sample == 0; }));
}

TEST_CASE("mixer: a private sound is heard by its listener alone") {
    Room room(2);
    const Block prompt = test::Tone(2000, 0.1).block();
    room.legs[0].player = prompt.data();
    room.mix();
    CHECK(test::amplitude_at(room.out[0], 2000) == doctest::Approx(0.1).epsilon(0.01));
    CHECK(test::amplitude_at(room.out[0], tone_hz(1)) == doctest::Approx(0.05).epsilon(0.01));
    CHECK(test::amplitude_at(room.out[1], 2000) < 1e-3);
}

TEST_CASE("mixer: too loud a sum is turned down, not wrapped or clipped to a square") {
    Mixer mixer;
    Limiter limiter;
    std::vector<test::Tone> tones{test::Tone(400, 0.9), test::Tone(450, 0.9), test::Tone(500, 0.9)};
    test::Samples heard;
    for (int tick = 0; tick < 50; ++tick) {
        mixer.begin();
        for (auto& tone : tones) {
            const Block block = tone.block();
            mixer.add(block.data());
        }
        Block out;
        CHECK(mixer.listen(nullptr, nullptr, limiter, out.data()));
        heard.insert(heard.end(), out.begin(), out.end());
    }
    const auto settled = std::span(heard).subspan(10 * kTickSamples);
    CHECK(*std::ranges::max_element(settled) <= 32767);
    CHECK(test::amplitude_at(settled, 450) > 0.3);
    CHECK(test::amplitude_at(settled, 1350) < 0.02);
    // The steepest slope of the sum is 2.7 times full scale times 2 pi 500 Hz; a wrap would be 65535.
    CHECK(test::largest_step(heard) < 6000);
}

TEST_CASE("mixer: the limiter lets go slowly and reaches full gain again") {
    Mixer mixer;
    Limiter limiter;
    Block out;
    const Block loud = test::Tone(400, 0.9).block();
    const Block quiet = test::Tone(400, 0.1).block();
    mixer.begin();
    for (int i = 0; i < 4; ++i) mixer.add(loud.data());
    mixer.listen(nullptr, nullptr, limiter, out.data());
    CHECK(limiter.gain() == doctest::Approx(0.275).epsilon(0.05));
    mixer.begin();
    mixer.add(quiet.data());
    mixer.listen(nullptr, nullptr, limiter, out.data());
    CHECK(limiter.gain() < 0.3F);
    for (int i = 0; i < 100; ++i) mixer.listen(nullptr, nullptr, limiter, out.data());
    CHECK(limiter.idle());
    CHECK(std::ranges::equal(out, quiet));
}

TEST_CASE("mixer: 500 legs at full scale do not overflow the sum") {
    Room room(500, 0.0);
    for (auto& block : room.in) block.fill(-32768);
    room.mix();
    for (const auto& out : room.out) CHECK(std::ranges::all_of(out, [](auto sample) { return sample < -30000; }));
}

}  // namespace cms::audio
