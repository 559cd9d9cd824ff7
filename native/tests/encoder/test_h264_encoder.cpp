#include "encoder/h264_encoder.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <iterator>
#include <map>
#include <random>
#include <vector>

#include "encoder/common.hpp"

using namespace cms::encoder;
namespace video = cms::video;
using cms::encoder::test::OwnedPicture;

namespace {

constexpr double kStep = 1.0 / 30;

}  // namespace

TEST_SUITE_BEGIN("encoder");

TEST_CASE("odd sizes are encoded within their planes") {
    for (const auto& [width, height] : {std::pair{16, 16}, {18, 34}, {160, 90}, {302, 178}}) {
        H264Encoder encoder({.picture = {.width = width, .height = height}});
        OwnedPicture picture(width, height);
        std::mt19937 random(1);
        for (int i = 0; i < 5; ++i) {
            picture.shake(random);
            const AccessUnit unit = encoder.encode(picture.source(), false, nullptr, kStep);
            CHECK(unit.key_frame == (i == 0));
            CHECK(!unit.bytes.empty());
        }
    }
}

TEST_CASE("short slices are short, and without them there is one") {
    for (const bool short_slices : {false, true}) {
        H264Encoder encoder({.picture = {.width = 640, .height = 368, .bitrate_bps = 8'000'000}, .short_slices = short_slices});
        OwnedPicture picture(640, 368);
        std::mt19937 random(1);
        picture.shake(random);
        const AccessUnit unit = encoder.encode(picture.source(), true, nullptr, kStep);
        std::size_t slices = 0, longest = 0, start = 0;
        const auto& bytes = unit.bytes;
        for (std::size_t at = 0; at + 3 <= bytes.size(); ++at) {
            if (bytes[at] != 0 || bytes[at + 1] != 0 || bytes[at + 2] != 1) continue;
            if (start != 0) longest = std::max(longest, at - start);
            start = at + 3;
            slices += (bytes[start] & 0x1F) == 5;
        }
        longest = std::max(longest, bytes.size() - start);
        CHECK((slices > 1) == short_slices);
        CHECK((longest <= H264Encoder::kMaxSliceBytes + 1) == short_slices);  // and a byte of the next start code
    }
}

TEST_CASE("key frames become smaller with every step up to the coarsest QP") {
    OwnedPicture picture(320, 192);
    std::mt19937 random(1);
    for (std::uint8_t& each : picture.y) each = static_cast<std::uint8_t>(random());
    std::map<int, std::size_t> bytes;  // by QP
    for (double rate_bps = 4e6; rate_bps > 3e4; rate_bps *= 0.97) {
        H264Encoder encoder({.picture = {.width = 320, .height = 192, .bitrate_bps = static_cast<int>(rate_bps)}});
        const AccessUnit unit = encoder.encode(picture.source(), true, nullptr, kStep);
        bytes[unit.qp] = unit.bytes.size();
    }
    CHECK(bytes.rbegin()->first == 51);
    for (auto finer = bytes.lower_bound(46), coarser = std::next(finer); coarser != bytes.end(); ++finer, ++coarser)
        CHECK(coarser->second < finer->second);
}

TEST_CASE("an unchanged picture is next to nothing") {
    H264Encoder encoder({.picture = {.width = 320, .height = 192}});
    OwnedPicture picture(320, 192);
    std::mt19937 random(1);
    picture.shake(random);
    const video::MacroblockMap nothing = test::marked(320, 192, {});
    std::size_t bytes = 0;
    for (int i = 0; i < 120; ++i) bytes = encoder.encode(picture.source(), false, &nothing, kStep).bytes.size();
    CHECK(bytes < 40);
}

TEST_CASE("a held picture is next to nothing, whatever it shows") {
    H264Encoder encoder({.picture = {.width = 320, .height = 192, .bitrate_bps = 60'000}});
    OwnedPicture picture(320, 192);
    std::mt19937 random(1);
    int held = 0, coded = 0;
    for (int i = 0; i < 120; ++i) {
        picture.shake(random);
        const std::size_t bytes = encoder.encode(picture.source(), false, nullptr, kStep).bytes.size();
        (bytes < 40 ? held : coded) += 1;
    }
    CHECK(held > 0);
    CHECK(coded > 3);
}

TEST_CASE("bad input is refused by name and the encoder goes on") {
    CHECK_THROWS_WITH(H264Encoder({.picture = {.width = 15, .height = 16}}), doctest::Contains("width"));
    CHECK_THROWS_WITH(H264Encoder({.picture = {.width = 16, .height = 4098}}), doctest::Contains("height"));
    CHECK_THROWS_WITH(H264Encoder({.picture = {.width = 16, .height = 16, .fps = 0}}), doctest::Contains("fps"));
    CHECK_THROWS_WITH(H264Encoder({.picture = {.width = 16, .height = 16, .bitrate_bps = 0}}), doctest::Contains("bitrate_bps"));
    CHECK_THROWS_WITH(H264Encoder({.picture = {.width = 16, .height = 16}, .profile = "x"}), doctest::Contains("profile"));
    H264Encoder encoder({.picture = {.width = 32, .height = 32}});
    test::check_refusals(encoder);
}

TEST_SUITE_END();
