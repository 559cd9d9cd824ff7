#include "encoder/vp8_encoder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "encoder/common.hpp"
#include "payload/vp8.hpp"

using namespace cms::encoder;
namespace video = cms::video;
using cms::encoder::test::OwnedPicture;

namespace {

constexpr double kStep = 1.0 / 30;
const video::MacroblockMap kNothing = test::marked(320, 192, {});

// RFC 6386 section 9.1.
bool shown(const AccessUnit& unit) { return (unit.bytes[0] & 0x10) != 0; }

}  // namespace

TEST_SUITE_BEGIN("encoder");

TEST_CASE("VP8: odd sizes are encoded within their planes, at once, with their size in the key frame") {
    for (const auto& [width, height] : {std::pair{16, 16}, {18, 34}, {160, 90}, {302, 178}}) {
        Vp8Encoder encoder({.picture = {.width = width, .height = height}});
        OwnedPicture picture(width, height);
        std::mt19937 random(1);
        for (int i = 0; i < 5; ++i) {
            picture.shake(random);
            const AccessUnit unit = encoder.encode(picture.source(), i == 3, nullptr, kStep);
            REQUIRE(!unit.bytes.empty());
            CHECK(shown(unit));
            CHECK(unit.key_frame == (i == 0 || i == 3));
            CHECK(cms::payload::vp8_key_frame(unit.bytes) == unit.key_frame);
            if (!unit.key_frame) continue;
            const auto size = cms::payload::vp8_picture_size(unit.bytes);
            REQUIRE(size.has_value());
            CHECK(size->width_px == static_cast<unsigned>(width));
            CHECK(size->height_px == static_cast<unsigned>(height));
        }
    }
}

TEST_CASE("VP8: an unchanged picture becomes fine and then is the same few bytes") {
    Vp8Encoder encoder({.picture = {.width = 320, .height = 192}});
    OwnedPicture picture(320, 192);
    std::mt19937 random(1);
    picture.shake(random);
    std::vector<std::uint8_t> last, before;
    int qp = 0;
    for (int i = 0; i < 120; ++i) {
        const AccessUnit unit = encoder.encode(picture.source(), false, &kNothing, kStep);
        before.swap(last);
        last.assign(unit.bytes.begin(), unit.bytes.end());
        qp = unit.qp;
    }
    CHECK(qp <= 24);
    CHECK(last.size() < 60);
    CHECK(last == before);
}

TEST_CASE("VP8: what changed in part is coded, and a key frame is whole whatever changed") {
    Vp8Encoder encoder({.picture = {.width = 320, .height = 192}});
    OwnedPicture picture(320, 192);
    std::mt19937 random(1);
    picture.shake(random);
    for (int i = 0; i < 120; ++i) encoder.encode(picture.source(), false, &kNothing, kStep);
    picture.shake(random);
    const video::MacroblockMap corner = test::marked(320, 192, {{0, 0, 32, 32}}), half = test::marked(320, 192, {{0, 0, 320, 96}});
    const std::size_t little = encoder.encode(picture.source(), false, &corner, kStep).bytes.size();
    const std::size_t more = encoder.encode(picture.source(), false, &half, kStep).bytes.size();
    CHECK(little > 60);
    CHECK(more > 2 * little);
    CHECK(encoder.encode(picture.source(), true, &kNothing, kStep).bytes.size() > more);
}

TEST_CASE("VP8: bad input is refused by name and the encoder goes on") {
    CHECK_THROWS_WITH(Vp8Encoder({.picture = {.width = 15, .height = 16}}), doctest::Contains("width"));
    CHECK_THROWS_WITH(Vp8Encoder({.picture = {.width = 16, .height = 4098}}), doctest::Contains("height"));
    CHECK_THROWS_WITH(Vp8Encoder({.picture = {.width = 16, .height = 16, .fps = 0}}), doctest::Contains("fps"));
    CHECK_THROWS_WITH(Vp8Encoder({.picture = {.width = 16, .height = 16, .bitrate_bps = 0}}), doctest::Contains("bitrate_bps"));
    Vp8Encoder encoder({.picture = {.width = 32, .height = 32}});
    test::check_refusals(encoder);
}

TEST_SUITE_END();
