// Whatever the processor, the same bytes: every level against the plain one.
#include <doctest/doctest.h>

#include <algorithm>

#include "planes.hpp"
#include "video/kernels.hpp"

using namespace cms::video;

namespace {

// Does the same on every level and compares what became of the target, gaps between its rows included.
template <class Step>
void same_everywhere(const OwnedPicture& target, Step step) {
    OwnedPicture expected = target;
    {
        const AtLevel plain(Level::Plain);
        step(expected);
    }
    CHECK(expected.gaps_are_untouched());
    for (const Level each : levels()) {
        CAPTURE(static_cast<int>(each));
        const AtLevel chosen(each);
        OwnedPicture got = target;
        step(got);
        CHECK(got == expected);
    }
}

OwnedPicture noise(int width, int height, int spare = 0) {
    OwnedPicture picture(width, height, spare);
    picture.fill_with_noise(static_cast<unsigned>(width * 1000 + height));
    return picture;
}

void scales_alike(int from_width, int from_height, int width, int height, int spare = 0) {
    CAPTURE(from_width);
    CAPTURE(from_height);
    CAPTURE(width);
    CAPTURE(height);
    const OwnedPicture source = noise(from_width, from_height, spare);
    same_everywhere(OwnedPicture(width, height, spare),
                    [&](OwnedPicture& t) { scale(source.source(), source.whole(), t.target(), t.whole()); });
}

}  // namespace

TEST_CASE("levels: whole factors, all widths from 2 to 64") {
    for (int factor = 1; factor <= 6; ++factor)
        for (int width = 2; width <= 64; width += 2) scales_alike(factor * width, factor * 4, width, 4, width % 3);
}

TEST_CASE("levels: any size from 2 to 64 to any other") {
    for (int from = 2; from <= 64; from += 2)
        for (int to = 2; to <= 64; to += 2) scales_alike(from, 66 - from, to, 66 - to, (from + to) % 5);
}

TEST_CASE("levels: the sizes of conferences") {
    scales_alike(1280, 718, 428, 240);
    scales_alike(1280, 720, 854, 480);
    scales_alike(640, 360, 426, 240);
    scales_alike(640, 360, 256, 144);
    scales_alike(640, 480, 960, 720);
    scales_alike(352, 288, 1280, 720);
    scales_alike(1920, 1080, 212, 120);
}

TEST_CASE("levels: extreme factors") {
    scales_alike(4096, 2, 2, 2304);
    scales_alike(2, 2304, 4096, 2);
    scales_alike(16384, 4, 2, 2);
    scales_alike(4000, 8, 30, 8);
    scales_alike(2, 2, 16384, 2);
}

TEST_CASE("levels: parts of pictures, at every even offset") {
    const OwnedPicture source = noise(200, 12, 3);
    for (int x = 0; x <= 64; x += 2)
        same_everywhere(OwnedPicture(140, 12, 1), [&](OwnedPicture& t) {
            scale(source.source(), {x, 2, 102, 6}, t.target(), {64 - x, 4, 34, 2});
            copy(source.source(), {x, 0, 70, 4}, t.target(), 66 - x, 0);
            scale(source.source(), {x, 2, 100, 8}, t.target(), {x, 6, 68, 6});
        });
}

TEST_CASE("levels: copy, update, blend, dim, frame and dissolve of all widths") {
    const OwnedPicture overlay = noise(200, 8), alpha = noise(200, 8);
    for (int width = 2; width <= 200; width += 2) {
        CAPTURE(width);
        OwnedPicture target = noise(200, 12, 0);
        const Alpha strength{alpha.y.data(), 200, alpha.y.size()};
        same_everywhere(target, [&](OwnedPicture& t) {
            blend(overlay.source(), strength, width, 8, t.target(), 200 - width, 2);
            dim(t.target(), {200 - width, 2, width, 6}, width / 2);
            copy(overlay.source(), {200 - width, 0, width, 2}, t.target(), 0, 10);
            MacroblockMap map(200, 12);
            update(overlay.source(), {200 - width, 0, width, 4}, t.target(), 200 - width, 8, map);
            frame(t.target(), {0, 0, width, 12}, 2, {90, 1, 2});
            dissolve(overlay.source(), t.target(), {200 - width, 2, width, 6}, width / 2);
        });
    }
}

TEST_CASE("levels: every shade dimmed to every percentage") {
    OwnedPicture shades(256, 2);
    for (int i = 0; i < 256; ++i) shades.y[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i);
    for (int i = 0; i < 128; ++i) shades.u[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(2 * i);
    for (int percent = 0; percent <= 100; ++percent)
        same_everywhere(shades, [&](OwnedPicture& t) { dim(t.target(), t.whole(), percent); });
}

TEST_CASE("levels: every two shades dissolved by every percentage") {
    OwnedPicture shades(512, 256), other(512, 256);
    for (int row = 0; row < 256; ++row)
        for (int x = 0; x < 512; ++x) {
            const auto at = static_cast<std::size_t>(row * 512 + x);
            shades.y[at] = static_cast<std::uint8_t>(x);
            other.y[at] = static_cast<std::uint8_t>(row);
        }
    for (int percent = 0; percent <= 100; percent += 10)
        same_everywhere(shades, [&](OwnedPicture& t) { dissolve(other.source(), t.target(), t.whole(), percent); });
}

TEST_CASE("levels: the error between pictures") {
    const OwnedPicture a = noise(198, 10), b = noise(198, 12);
    const AtLevel plain(Level::Plain);
    const double expected = psnr(a.source(), b.source(), 198, 10);
    for (const Level each : levels()) {
        const AtLevel chosen(each);
        CHECK(psnr(a.source(), b.source(), 198, 10) == expected);
    }
}

TEST_CASE("levels: one that the processor lacks is refused") {
    if (best_level() != Level::Avx512) CHECK_THROWS_AS(use_level(Level::Avx512), std::invalid_argument);
    CHECK(level() == best_level());
}
