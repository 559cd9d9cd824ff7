#include "video/kernels.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

#include "planes.hpp"

using namespace cms::video;

namespace {

using Owned = OwnedPicture;

int even(std::mt19937& random, int least, int most) {
    return least + static_cast<int>(random() % static_cast<unsigned>((most - least) / 2 + 1)) * 2;
}

Rectangle inside(std::mt19937& random, const Owned& picture) {
    const int width = even(random, 2, picture.width), height = even(random, 2, picture.height);
    return {even(random, 0, picture.width - width), even(random, 0, picture.height - height), width, height};
}

}  // namespace

TEST_CASE("kernels: any rectangle inside stays inside") {
    std::mt19937 random(5);
    for (int i = 0; i < 400; ++i) {
        const Owned source(even(random, 2, 200), even(random, 2, 120), 0, 77);
        Owned target(even(random, 2, 200), even(random, 2, 120));
        const Rectangle to = inside(random, target);
        scale(source.source(), inside(random, source), target.target(), to);
        CHECK(target.luma(to.x, to.y) == 77);
        CHECK(target.luma(to.x + to.width - 1, to.y + to.height - 1) == 77);
        fill(target.target(), inside(random, target), {90, 1, 2});
        dim(target.target(), inside(random, target), 50);
        const Owned over(target.width, target.height, 0, 3);
        dissolve(over.source(), target.target(), inside(random, target), 50);
    }
}

TEST_CASE("kernels: an update copies, and marks the macroblocks with a byte that was another, on every level") {
    std::mt19937 random(9);
    for (const Level each : levels()) {
        const AtLevel chosen(each);
        for (int i = 0; i < 400; ++i) {
            const int width = even(random, 2, 400), height = even(random, 2, 80);
            Owned target(width, height, i % 3), source = target;
            const Rectangle part = inside(random, target);
            MacroblockMap map(width, height), expected(width, height);
            map.clear();
            expected.clear();
            for (int change = 0; change < i % 4; ++change) {
                const int x = static_cast<int>(random() % static_cast<unsigned>(width));
                const int y = static_cast<int>(random() % static_cast<unsigned>(height));
                const bool within = x >= part.x && x < part.x + part.width && y >= part.y && y < part.y + part.height;
                auto& plane = change == 0 ? source.y : change == 1 ? source.u : source.v;
                plane[change == 0 ? static_cast<std::size_t>(y * source.y_stride + x)
                                  : static_cast<std::size_t>(y / 2 * source.uv_stride + x / 2)] = 7;
                if (within) expected.mark({x, y, 1, 1});
            }
            const bool any = update(source.source(), part, target.target(), part.x, part.y, map);
            CHECK(map.marked() == expected.marked());
            CHECK(any == std::any_of(map.marked().begin(), map.marked().end(), [](int mark) { return mark != 0; }));
            CHECK(target.gaps_are_untouched());
            CHECK(!update(source.source(), part, target.target(), part.x, part.y, map));
        }
    }
}

TEST_CASE("kernels: an update of a picture that is larger than its map is refused") {
    Owned source(64, 36), target(64, 36);
    MacroblockMap map(64, 34);
    CHECK_THROWS_AS(update(source.source(), {0, 0, 64, 36}, target.target(), 0, 0, map), std::invalid_argument);
    CHECK_THROWS_AS(update(source.source(), {0, 0, 64, 38}, target.target(), 0, 0, map), std::invalid_argument);
}

TEST_CASE("kernels: copy and blend at the very edges") {
    Owned source(64, 36, 0, 200), target(64, 36);
    copy(source.source(), {0, 0, 64, 36}, target.target(), 0, 0);
    CHECK(target.y == source.y);
    const std::vector<std::uint8_t> alpha(16 * 8, 255);
    Owned overlay(16, 8, 0, 30);
    blend(overlay.source(), {alpha.data(), 16, alpha.size()}, 16, 8, target.target(), 48, 28);
    CHECK(target.luma(63, 35) == 30);
    CHECK(target.luma(47, 35) == 200);
}

TEST_CASE("kernels: alpha mixes with rounding, exact at both ends") {
    Owned target(256, 2, 0, 0);
    Owned overlay(256, 2, 0, 255);
    std::vector<std::uint8_t> alpha(512);
    for (std::size_t i = 0; i < 512; ++i) alpha[i] = static_cast<std::uint8_t>(i % 256);
    blend(overlay.source(), {alpha.data(), 256, alpha.size()}, 256, 2, target.target(), 0, 0);
    for (int i = 0; i < 256; ++i) CHECK(target.luma(i, 0) == i);
}

TEST_CASE("kernels: a dissolve is exact at both ends and rounds between") {
    const Owned over(64, 36, 0, 255);
    for (int percent = 0; percent <= 100; ++percent) {
        Owned target(64, 36, 0, 0);
        dissolve(over.source(), target.target(), {8, 4, 20, 10}, percent);
        CHECK(std::abs(target.luma(8, 4) - 2.55 * percent) < 1.5);
        CHECK(target.luma(7, 4) == 0);
        if (percent == 100) CHECK(target.luma(27, 13) == 255);
    }
    Owned target(64, 36);
    CHECK_THROWS_AS(dissolve(over.source(), target.target(), {0, 0, 64, 36}, 101), std::invalid_argument);
    CHECK_THROWS_AS(dissolve(over.source(), target.target(), {2, 0, 64, 36}, 50), std::invalid_argument);
}

TEST_CASE("kernels: a frame runs along the inner sides") {
    Owned target(64, 36);
    frame(target.target(), {8, 4, 20, 10}, 2, {90, 1, 2});
    int framed = 0;
    for (const std::uint8_t luma : target.y) framed += luma == 90;
    CHECK(framed == 20 * 10 - 16 * 6);
    CHECK(target.luma(8, 4) == 90);
    CHECK(target.luma(27, 13) == 90);
    CHECK(target.luma(10, 6) == 16);
    CHECK_THROWS_AS(frame(target.target(), {0, 0, 8, 8}, 10, {}), std::invalid_argument);
    CHECK_THROWS_AS(frame(target.target(), {0, 0, 8, 8}, 0, {}), std::invalid_argument);
}

TEST_CASE("kernels: what leaves its plane is refused") {
    Owned picture(64, 36);
    const Rectangle wrong[] = {{0, 0, 66, 36}, {2, 0, 64, 36},  {0, 0, 64, 38},        {-2, 0, 8, 8},
                               {0, -2, 8, 8},  {0, 0, 0, 8},    {1, 0, 8, 8},          {0, 0, 7, 8},
                               {0, 0, 8, -8},  {1 << 30, 0, 8, 8}, {0, 1 << 30, 8, 8}, {0, 0, 1 << 30, 1 << 30}};
    for (const Rectangle& r : wrong) {
        CAPTURE(r.x);
        CAPTURE(r.width);
        CHECK_THROWS_AS(fill(picture.target(), r, {}), std::invalid_argument);
        CHECK_THROWS_AS(scale(picture.source(), r, picture.target(), {0, 0, 8, 8}), std::invalid_argument);
    }
    CHECK_THROWS_AS(dim(picture.target(), {0, 0, 8, 8}, 101), std::invalid_argument);
    const std::vector<std::uint8_t> alpha(63);
    CHECK_THROWS_AS(blend(picture.source(), {alpha.data(), 8, alpha.size()}, 8, 8, picture.target(), 0, 0),
                    std::invalid_argument);
}

TEST_CASE("kernels: psnr of a known error") {
    const Owned a(64, 36, 0, 100), b(64, 36, 0, 105);
    CHECK(std::isinf(psnr(a.source(), a.source(), 64, 36)));
    CHECK(psnr(a.source(), b.source(), 64, 36) == doctest::Approx(10 * std::log10(255.0 * 255 / 25)));
}
