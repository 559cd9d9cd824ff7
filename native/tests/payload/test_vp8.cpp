#include "payload/vp8.hpp"

#include <doctest/doctest.h>

#include "payload/lossy.hpp"
#include "payload/unpack.hpp"

using namespace cms::payload;
using namespace cms::test;

namespace {

Unpacked unpack(const std::vector<std::string>& payloads) {
    Vp8Format format;
    return cms::test::unpack(format, payloads);
}

const char* const kKeyFrame = "500000 9d012a 8002 6801 aabb";

}  // namespace

TEST_CASE("vp8: descriptors of every form") {
    struct Row {
        const char* what;
        std::vector<std::string> payloads;
        const char* data;
        bool picture;
        bool whole;
        unsigned malformed;
    };
    const Row rows[] = {
        {"bare", {"10 0102"}, "0102", true, true, 0},
        {"7 bit picture id", {"90 80 11 0102"}, "0102", true, true, 0},
        {"15 bit picture id", {"90 80 9111 0102"}, "0102", true, true, 0},
        {"tl0picidx", {"90 40 07 0102"}, "0102", true, true, 0},
        {"temporal layer", {"90 20 40 0102"}, "0102", true, true, 0},
        {"key index", {"90 10 05 0102"}, "0102", true, true, 0},
        {"everything", {"90 f0 9111 07 45 0102"}, "0102", true, true, 0},
        {"non-reference", {"b0 80 11 0102"}, "0102", true, true, 0},
        {"fragments", {"10 01", "00 02", "11 03", "01 04"}, "01020304", true, true, 0},
        {"start lost", {"00 02", "00 03"}, "", true, false, 0},
        {"middle lost", {"10 01", "!00 03"}, "01", true, false, 0},
        {"two starts", {"10 01", "10 01"}, "01", true, true, 1},
        {"empty", {""}, "", false, false, 1},
        {"descriptor alone", {"10"}, "", false, false, 1},
        {"cut off at each byte", {"90", "90f0", "90f091", "90f09111", "90f0911107", "90f091110745"}, "", false, false, 6},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.what));
        const Unpacked result = unpack(row.payloads);
        CHECK(to_hex(result.data) == to_hex(hex(row.data)));
        CHECK(result.verdict.picture == row.picture);
        CHECK_FALSE(result.verdict.key_frame);
        CHECK(result.verdict.whole == row.whole);
        CHECK(result.malformed == row.malformed);
    }
}

TEST_CASE("vp8: key frames and their size") {
    CHECK(vp8_key_frame(hex(kKeyFrame)));
    CHECK(vp8_picture_size(hex(kKeyFrame)) == PictureSize{640, 360});
    CHECK(vp8_picture_size(hex("500000 9d012a 8042 68c1")) == PictureSize{640, 360});
    CHECK_FALSE(vp8_picture_size(hex("510000 9d012a 8002 6801")));
    CHECK_FALSE(vp8_picture_size(hex("500000 9d012b 8002 6801")));
    CHECK_FALSE(vp8_picture_size(hex("500000 9d012a 0000 6801")));
    CHECK_FALSE(vp8_picture_size(hex("500000 9d012a 8002 68")));
    CHECK_FALSE(vp8_key_frame({}));
    const Unpacked whole = unpack({std::string("10") + kKeyFrame});
    CHECK(whole.verdict.key_frame);
    CHECK(whole.verdict.whole);
    const Unpacked broken = unpack({"10 500000 9d012b 8002 6801"});
    CHECK(broken.verdict.key_frame);
    CHECK_FALSE(broken.verdict.whole);
}

TEST_CASE("vp8: packetizer numbers pictures and marks where they begin and end") {
    Vp8Packetizer packetizer(104, 0x7FFF);
    const std::vector<std::uint8_t> frame(250, 0x33);
    std::vector<PayloadPiece> pieces;
    packetizer.packetize(frame, pieces);
    REQUIRE(pieces.size() == 3);
    CHECK(to_hex(bytes_of(pieces[0])).substr(0, 8) == "9080ffff");
    CHECK(to_hex(bytes_of(pieces[1])).substr(0, 8) == "8080ffff");
    CHECK(pieces[0].size() <= 104);
    CHECK_FALSE(pieces[1].marker);
    CHECK(pieces[2].marker);
    packetizer.packetize(frame, pieces);
    CHECK(to_hex(bytes_of(pieces[0])).substr(0, 8) == "90808000");
    packetizer.packetize({}, pieces);
    CHECK(pieces.empty());
}

TEST_CASE("vp8: where a picture can begin") {
    const Vp8Format format;
    CHECK(format.begins_picture(hex("10 01")));
    CHECK(format.begins_picture(hex("90 80 11 01")));
    CHECK_FALSE(format.begins_picture(hex("11 01")));
    CHECK_FALSE(format.begins_picture(hex("00 01")));
    CHECK_FALSE(format.begins_picture({}));
}
