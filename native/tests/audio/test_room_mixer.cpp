#include "audio/mix_room.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "audio/signal.hpp"

namespace cms::audio {
namespace {

constexpr std::array kAllRates{Rate::khz8, Rate::khz16, Rate::khz48};
constexpr int kTicks = 30;
constexpr double kAmplitude = 0.05;

double tone_hz(std::size_t leg) { return 400.0 + 50.0 * static_cast<double>(leg); }

// 20 ms of the leg's tone.
Sound tone(std::size_t leg, Rate rate, int tick) {
    Sound sound{rate, {}};
    const auto view = sound.view();
    for (std::size_t i = 0; i < view.size(); ++i) {
        const double t = (static_cast<double>(tick) * static_cast<double>(view.size()) + static_cast<double>(i)) / rate_hz(rate);
        view[i] = static_cast<std::int16_t>(std::lround(kAmplitude * 32767 * std::sin(2 * 3.14159265358979 * tone_hz(leg) * t)));
    }
    return sound;
}

// Legs that talk each in its tone, and what each of them heard.
struct Room {
    explicit Room(std::vector<Rate> rates_of_legs) : rates(std::move(rates_of_legs)), heard(rates.size()), limiters(rates.size()) {}

    void run(int ticks) {
        for (; ticks > 0; --ticks, ++tick) {
            std::vector<Sound> said;
            std::vector<Sound> out(rates.size());
            std::vector<MixLeg> legs(rates.size());
            for (std::size_t i = 0; i < rates.size(); ++i) said.push_back(tone(i, rates[i], tick));
            for (std::size_t i = 0; i < rates.size(); ++i) {
                out[i].rate = rates[i];
                legs[i] = {talks(i) ? said[i].samples.data() : nullptr, nullptr, out[i].samples.data(), &limiters[i], false, rates[i]};
            }
            mix_room(mixer, legs);
            for (std::size_t i = 0; i < rates.size(); ++i) {
                const auto part = std::as_const(out[i]).view();
                heard[i].insert(heard[i].end(), part.begin(), part.end());
            }
        }
    }

    bool talks(std::size_t leg) const { return std::ranges::find(silent, leg) == silent.end(); }

    // Over the last 400 ms, in which all tones have whole periods.
    double amplitude(std::size_t listener, std::size_t talker) const {
        const std::span sound(heard[listener]);
        return test::amplitude_at(sound.last(static_cast<std::size_t>(rate_hz(rates[listener]) * 2 / 5)), tone_hz(talker), rate_hz(rates[listener]));
    }

    std::vector<Rate> rates;
    std::vector<test::Samples> heard;
    std::vector<Limiter> limiters;
    std::vector<std::size_t> silent;
    RoomMixer mixer;
    int tick = 0;
};

}  // namespace

TEST_CASE("room mixer: nine legs of three rates hear exactly the other eight") {
    std::vector<Rate> rates;
    for (int i = 0; i < 9; ++i) rates.push_back(kAllRates[static_cast<std::size_t>(i) % 3]);
    Room room(rates);
    room.run(kTicks);
    for (std::size_t listener = 0; listener < 9; ++listener)
        for (std::size_t talker = 0; talker < 9; ++talker) {
            CAPTURE(listener);
            CAPTURE(talker);
            if (listener == talker)
                CHECK(room.amplitude(listener, talker) < 1e-4);
            else
                CHECK(room.amplitude(listener, talker) == doctest::Approx(kAmplitude).epsilon(0.01));
        }
}

TEST_CASE("room mixer: legs of one rate are mixed sample by sample") {
    for (const Rate rate : kAllRates) {
        Room room({rate, rate, rate});
        room.run(3);
        for (int tick = 0; tick < 3; ++tick) {
            const Sound first = tone(0, rate, tick);
            const Sound second = tone(1, rate, tick);
            const auto at = static_cast<std::size_t>(tick * tick_samples(rate));
            for (std::size_t i = 0; i < first.view().size(); ++i)
                REQUIRE(room.heard[2][at + i] == first.samples[i] + second.samples[i]);
        }
    }
}

TEST_CASE("room mixer: who hears nobody else hears silence, at any mixture of rates") {
    Room room({Rate::khz8, Rate::khz48, Rate::khz16});
    room.silent = {1, 2};
    room.run(kTicks);
    CHECK(std::ranges::all_of(room.heard[0], [](auto sample) { return sample == 0; }));
    CHECK(room.amplitude(1, 0) == doctest::Approx(kAmplitude).epsilon(0.01));
    CHECK(room.amplitude(2, 0) == doctest::Approx(kAmplitude).epsilon(0.01));
}

TEST_CASE("room mixer: a voice that ends rings out at the other rates and does not stick there") {
    Room room({Rate::khz8, Rate::khz48});
    room.silent = {1};
    room.run(kTicks);
    room.silent = {0, 1};
    room.run(5);
    const std::span wide(room.heard[1]);
    const auto tail = wide.last(5 * kTickSamples);
    CHECK(std::abs(tail[0] - wide[wide.size() - tail.size() - 1]) < 200);
    CHECK(std::ranges::any_of(tail.first(kTickSamples), [](auto sample) { return sample != 0; }));
    CHECK(std::ranges::all_of(tail.subspan(kTickSamples), [](auto sample) { return sample == 0; }));
    room.silent = {1};
    room.run(kTicks);
    CHECK(room.amplitude(1, 0) == doctest::Approx(kAmplitude).epsilon(0.01));
}

TEST_CASE("room mixer: a hundred loud legs of another rate are turned down, not wrapped") {
    Room room(std::vector<Rate>(100, Rate::khz8));
    room.rates.back() = Rate::khz48;
    room.run(kTicks);
    CHECK(test::largest_step(room.heard.back()) < 30000);
    CHECK(room.amplitude(99, 3) > 0.005);
}

}  // namespace cms::audio
