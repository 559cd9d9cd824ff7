#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "audio/tap.hpp"

namespace cms::audio {
namespace {

Block numbered(int tick) {
    Block block;
    block.fill(static_cast<std::int16_t>(tick));
    return block;
}

}  // namespace

// In the suite that also runs under the thread sanitizer.
TEST_SUITE_BEGIN("tap between engine and reader");

TEST_CASE("tap: what is written is read in order") {
    Tap tap(1.0);
    CHECK(tap.capacity() == 48000);
    for (int i = 0; i < 3; ++i) tap.write(numbered(i));
    CHECK(tap.available() == 3 * kTickSamples);
    std::vector<std::int16_t> out(10 * kTickSamples);
    CHECK(tap.read(out) == 3 * kTickSamples);
    CHECK(out[0] == 0);
    CHECK(out[2 * kTickSamples] == 2);
    CHECK(tap.read(out) == 0);
    CHECK(tap.lost_ticks() == 0);
}

TEST_CASE("tap: the oldest falls out, and is counted") {
    Tap tap(0.1);
    for (int i = 0; i < 12; ++i) tap.write(numbered(i));
    std::vector<std::int16_t> out(tap.capacity());
    CHECK(tap.available() == tap.capacity());
    CHECK(tap.read(out) == tap.capacity());
    CHECK(out[0] == 7);
    CHECK(tap.lost_ticks() == 7);
}

TEST_CASE("tap: a small buffer is filled with whole ticks") {
    Tap tap(1.0);
    for (int i = 0; i < 3; ++i) tap.write(numbered(i));
    std::vector<std::int16_t> out(2 * kTickSamples + 100);
    CHECK(tap.read(out) == 2 * kTickSamples);
    CHECK(tap.read(out) == kTickSamples);
    CHECK(out[0] == 2);
}

TEST_CASE("tap: lengths that make no sense are bounded") {
    CHECK(Tap(0).capacity() == 2 * kTickSamples);
    CHECK(Tap(-5).capacity() == 2 * kTickSamples);
    CHECK(Tap(1e12).capacity() == std::size_t{600} * kSampleRateHz);
}

TEST_CASE("tap: two threads: no tick is torn, none comes twice or out of order") {
    Tap tap(0.1);
    constexpr int ticks = 20000;
    std::thread writer([&] {
        for (int i = 1; i <= ticks; ++i) tap.write(numbered(i));
    });
    std::vector<std::int16_t> out(tap.capacity());
    int last = 0;
    std::uint64_t read = 0;
    bool whole = true;
    bool ordered = true;
    while (last < ticks) {
        const std::size_t count = tap.read(out);
        for (std::size_t at = 0; at < count; at += kTickSamples) {
            for (std::size_t i = 1; i < kTickSamples; ++i) whole = whole && out[at + i] == out[at];
            ordered = ordered && out[at] > last;
            last = out[at];
            ++read;
        }
    }
    writer.join();
    CHECK(whole);
    CHECK(ordered);
    CHECK(read + tap.lost_ticks() == ticks);
}

TEST_SUITE_END();

}  // namespace cms::audio
