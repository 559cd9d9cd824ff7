#include <doctest/doctest.h>

#include "payload/h264.hpp"
#include "payload/h264_pictures.hpp"
#include "payload/unpack.hpp"

using namespace cms::payload;
using namespace cms::test;

TEST_CASE("h264 format: payloads to Annex B") {
    struct Row {
        std::string what;
        std::vector<std::string> payloads;
        const char* data;
        bool picture;
        bool key;
        bool whole;
        unsigned malformed;
    };
    const Row rows[] = {
        {"single slice", {"4188aa"}, "000000014188aa", true, false, true, 0},
        {"two slices", {"4188aa", "4140bb"}, "000000014188aa 000000014140bb", true, false, true, 0},
        {"stap-a", {"18 0003 4188aa 0003 4140bb"}, "000000014188aa 000000014140bb", true, false, true, 0},
        {"fu-a of three", {"5c 81 88aa", "5c 01 bb", "5c 41 cc"}, "0000000141 88aabbcc", true, false, true, 0},
        {"fu-a of one", {"5c c1 88aa"}, "0000000141 88aa", true, false, true, 0},
        {"sei alone is no picture", {"0605aa"}, "000000010605aa", false, false, true, 0},
        {"fu-a without its start", {"5c 01 bb", "5c 41 cc"}, "", true, false, false, 0},
        {"fu-a without its middle", {"5c 81 88", "!5c 41 cc"}, "", true, false, false, 0},
        {"fu-a without its end", {"5c 81 88", "5c 01 bb"}, "", true, false, false, 0},
        {"fu-a cut by the next", {"5c 81 88", "5c 81 40", "5c 41 cc"}, "0000000141 40cc", true, false, false, 0},
        {"fu-a cut by a single", {"5c 81 88", "4140bb"}, "000000014140bb", true, false, false, 0},
        {"whole slice after a loss", {"4188aa", "!4140bb"}, "000000014188aa 000000014140bb", true, false, true, 0},
        {"stap-b", {"19 0001 0003 4188aa"}, "", false, false, true, 1},
        {"mtap16", {"1a 0001"}, "", false, false, true, 1},
        {"fu-b", {"1d 81 0000 88"}, "", false, false, true, 1},
        {"empty, reserved 0, 30, 31", {"", "00aa", "1eaa", "1faa"}, "", false, false, true, 4},
        {"forbidden bit", {"c188aa"}, "", false, false, true, 1},
        {"stap-a overrun", {"18 0003 4188aa 0004 4140bb"}, "", false, false, true, 1},
        {"stap-a of an empty NAL unit", {"18 0000"}, "", false, false, true, 1},
        {"stap-a in a stap-a", {"18 0003 18aaaa"}, "", false, false, true, 1},
        {"stap-a of nothing", {"18"}, "", false, false, true, 1},
        {"fu-a too short", {"5c", "5c81"}, "", false, false, true, 2},
        {"fu-a of a fu-a", {"5c 9c 88"}, "", false, false, true, 1},
        {"idr without parameter sets", {"6588aa"}, "000000016588aa", true, true, false, 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        H264Format format;
        const Unpacked result = unpack(format, row.payloads);
        CHECK(to_hex(result.data) == to_hex(hex(row.data)));
        CHECK(result.verdict.picture == row.picture);
        CHECK(result.verdict.key_frame == row.key);
        CHECK(result.verdict.whole == row.whole);
        CHECK(result.malformed == row.malformed);
    }
}

TEST_CASE("h264 format: parameter sets are remembered and put before an IDR picture without them") {
    H264Format format;
    CHECK_FALSE(unpack(format, {to_hex(kSps)}).verdict.picture);
    CHECK_FALSE(unpack(format, {to_hex(kPps)}).verdict.picture);
    const Unpacked result = unpack(format, {"6588aa"});
    CHECK(result.verdict.whole);
    CHECK(result.data == annex_b({kSps, kPps, hex("6588aa")}));
    format.reset();
    CHECK(unpack(format, {"6588aa"}).data == annex_b({kSps, kPps, hex("6588aa")}));
    CHECK(unpack(format, {"4188aa"}).data == annex_b({hex("4188aa")}));
}

TEST_CASE("h264 format: a picture with its own parameter sets is left as it is; the newest set of an id counts") {
    H264Format format;
    REQUIRE(format.remember(kSps));
    REQUIRE(format.remember(kPps));
    Nal other = kPps;
    other.back() ^= 0x40;
    CHECK(unpack(format, {to_hex(kSps), to_hex(other), "6588aa"}).data == annex_b({kSps, other, hex("6588aa")}));
    CHECK(unpack(format, {"6588aa"}).data == annex_b({kSps, other, hex("6588aa")}));
}

TEST_CASE("h264 format: what it remembers is bounded") {
    H264Format format;
    CHECK_FALSE(format.remember(hex("4188aa")));
    CHECK_FALSE(format.remember(hex("68")));
    CHECK_FALSE(format.remember(hex("6742c0")));
    CHECK_FALSE(format.remember(hex("6800000000")));  // an id of more than 32 bits
    Nal large = kPps;
    large.resize(2000, 0x55);
    CHECK_FALSE(format.remember(large));
    // Ids 0..63 as Exp-Golomb in the first two bytes after the header.
    unsigned kept = 0;
    for (unsigned id = 0; id < 64; ++id) {
        std::uint64_t bits = id + 1;
        unsigned length = 1;
        while (bits >> length != 0) ++length;
        bits <<= 16 - (2 * length - 1);
        kept += format.remember({{0x68, static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits), 0x80}});
    }
    CHECK(kept == 32);
}

TEST_CASE("h264 format: where a picture can begin") {
    const H264Format format;
    for (const char* row :
         {"6588aa", "4188aa", "6742c0", "68ce", "0605", "0910", "18 0003 6742c0", "7c 85 88", "7c 87 42"}) {
        CAPTURE(std::string(row));
        CHECK(format.begins_picture(hex(row)));
    }
    for (const char* row : {"", "65", "4140aa", "18 0003 4140aa", "7c 05 88", "7c 85 40", "7c 85", "1aaa"}) {
        CAPTURE(std::string(row));
        CHECK_FALSE(format.begins_picture(hex(row)));
    }
}
