#include <doctest/doctest.h>

#include <cmath>

#include "audio/resampler.hpp"
#include "audio/signal.hpp"

namespace cms::audio {
namespace {

using test::Samples;

Samples down(const Samples& high, Rate rate) {
    Downsampler downsampler(rate);
    Samples low(high.size() / static_cast<std::size_t>(rate_ratio(rate)));
    const auto step = static_cast<std::size_t>(kTickSamples / rate_ratio(rate));
    for (std::size_t at = 0; at + step <= low.size(); at += step)
        downsampler.process({high.data() + at * static_cast<std::size_t>(rate_ratio(rate)), kTickSamples}, {low.data() + at, step});
    return low;
}

Samples up(const Samples& low, Rate rate) {
    Upsampler upsampler(rate);
    Samples high(low.size() * static_cast<std::size_t>(rate_ratio(rate)));
    const auto step = static_cast<std::size_t>(kTickSamples / rate_ratio(rate));
    for (std::size_t at = 0; at + step <= low.size(); at += step)
        upsampler.process({low.data() + at, step}, {high.data() + at * static_cast<std::size_t>(rate_ratio(rate)), kTickSamples});
    return high;
}

// One second, from the middle of two.
std::span<const std::int16_t> settled(const Samples& sound) { return std::span(sound).subspan(sound.size() / 4, sound.size() / 2); }

double gain_db(double hz, Rate rate) {
    const Samples high = up(down(test::sine(hz, 2 * kSampleRateHz), rate), rate);
    return 20 * std::log10(test::amplitude_at(settled(high), hz) / 0.25);
}

}  // namespace

TEST_CASE("resampler: 1 kHz down and up again keeps THD+N below -60 dB") {
    for (const Rate rate : {Rate::khz8, Rate::khz16}) {
        const Samples high = up(down(test::sine(1000, 2 * kSampleRateHz), rate), rate);
        CHECK(test::distortion_db(settled(high), 1000) < -60);
    }
}

TEST_CASE("resampler: the passband is flat within 0.5 dB, down and up together") {
    for (const double hz : {100.0, 300.0, 1000.0, 2000.0, 3000.0, 3400.0}) CHECK(std::abs(gain_db(hz, Rate::khz8)) < 0.5);
    for (const double hz : {100.0, 1000.0, 3400.0, 5000.0, 6800.0}) CHECK(std::abs(gain_db(hz, Rate::khz16)) < 0.5);
}

TEST_CASE("resampler: what the low rate cannot carry does not come back as an alias") {
    const auto alias_db = [](double hz, Rate rate) {
        const Samples low = down(test::sine(hz, 2 * kSampleRateHz, 0.5), rate);
        const int low_hz = rate_hz(rate);
        return 20 * std::log10(test::amplitude_at(settled(low), std::abs(hz - low_hz), low_hz) / 0.5 + 1e-9);
    };
    CHECK(alias_db(5000, Rate::khz8) < -60);
    CHECK(alias_db(7000, Rate::khz8) < -60);
    CHECK(alias_db(9500, Rate::khz16) < -60);
}

TEST_CASE("resampler: images above the low rate's band are gone") {
    const Samples high = up(test::sine(1000, 2 * 8000, 0.5, 8000), Rate::khz8);
    CHECK(20 * std::log10(test::amplitude_at(settled(high), 7000) / 0.5 + 1e-9) < -65);
    CHECK(20 * std::log10(test::amplitude_at(settled(high), 9000) / 0.5 + 1e-9) < -65);
}

TEST_CASE("resampler: full scale saturates and never wraps") {
    Samples square(2 * kSampleRateHz);
    for (std::size_t i = 0; i < square.size(); ++i) square[i] = (i / 48) % 2 == 0 ? 32767 : -32768;
    const Samples high = up(down(square, Rate::khz8), Rate::khz8);
    // A wrap would be a step of nearly the whole range.
    CHECK(test::largest_step(high) < 32768);
}

TEST_CASE("resampler: packets of any size give the same as one after another") {
    const Samples low = test::sine(440, 1600, 0.5, 8000);
    Upsampler whole(Rate::khz8);
    Upsampler pieces(Rate::khz8);
    Samples a(960 * 6);
    Samples b(960 * 6);
    whole.process({low.data(), 960}, a);
    std::size_t at = 0;
    for (const std::size_t size : {80U, 240U, 480U, 1U, 159U}) {
        pieces.process({low.data() + at, size}, {b.data() + at * 6, size * 6});
        at += size;
    }
    CHECK(at == 960);
    CHECK(a == b);
}

}  // namespace cms::audio
