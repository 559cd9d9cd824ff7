#include <doctest/doctest.h>

#include <random>

#include "payload/bit_reader.hpp"
#include "payload/h264.hpp"
#include "payload/h264_pictures.hpp"

using namespace cms::payload;
using namespace cms::test;

namespace {

// Writes what the parser reads, field by field (ITU-T H.264 §7.3.2.1.1).
class BitWriter {
public:
    BitWriter& bits(std::uint64_t value, unsigned count) {
        while (count-- > 0) bits_.push_back((value >> count & 1) != 0);
        return *this;
    }
    BitWriter& ue(std::uint32_t value) {
        unsigned length = 0;
        while ((std::uint64_t{value} + 1) >> (length + 1) != 0) ++length;
        return bits(0, length).bits(std::uint64_t{value} + 1, length + 1);
    }
    Nal nal() const {
        Nal bytes;
        unsigned zeros = 0;
        for (std::size_t at = 0; at < bits_.size(); at += 8) {
            unsigned byte = 0;
            for (std::size_t i = 0; i < 8; ++i) byte = byte << 1 | (at + i < bits_.size() && bits_[at + i] ? 1u : 0u);
            if (zeros >= 2 && byte <= 3) {
                bytes.push_back(3);
                zeros = 0;
            }
            zeros = byte == 0 ? zeros + 1 : 0;
            bytes.push_back(static_cast<std::uint8_t>(byte));
        }
        return bytes;
    }

private:
    std::vector<bool> bits_;
};

struct Sps {
    unsigned profile = 66;
    unsigned across = 80;
    unsigned down = 45;
    bool frames_only = true;
    unsigned order_count = 2;
    unsigned crop_right = 0;
    unsigned crop_bottom = 0;
    bool scaling = false;
    unsigned chroma = 1;
};

Nal make_sps(const Sps& sps) {
    BitWriter w;
    w.bits(0x67, 8).bits(sps.profile, 8).bits(0, 8).bits(31, 8).ue(0);
    if (sps.profile == 100) {
        w.ue(sps.chroma).ue(0).ue(0).bits(0, 1).bits(sps.scaling, 1);
        // One list of sixteen zero deltas, the other seven absent.
        if (sps.scaling) w.bits(1, 1).bits(0xFFFF, 16).bits(0, 7);
    }
    w.ue(4).ue(sps.order_count);
    if (sps.order_count == 0) w.ue(4);
    if (sps.order_count == 1) w.bits(0, 1).ue(3).ue(4).ue(2).ue(1).ue(2);
    w.ue(1).bits(0, 1).ue(sps.across - 1).ue(sps.down - 1).bits(sps.frames_only, 1);
    if (!sps.frames_only) w.bits(0, 1);
    w.bits(1, 1);
    const bool cropped = sps.crop_right != 0 || sps.crop_bottom != 0;
    w.bits(cropped, 1);
    if (cropped) w.ue(0).ue(sps.crop_right).ue(0).ue(sps.crop_bottom);
    return w.bits(0, 1).bits(1, 1).nal();
}

}  // namespace

TEST_CASE("h264 parameter set: picture sizes") {
    struct Row {
        const char* what;
        Sps sps;
        PictureSize size;
    };
    const Row rows[] = {
        {"720p", {}, {1280, 720}},
        {"1080p, cropped by four chroma lines", {.across = 120, .down = 68, .crop_bottom = 4}, {1920, 1080}},
        {"high profile", {.profile = 100}, {1280, 720}},
        {"high profile with scaling lists", {.profile = 100, .scaling = true}, {1280, 720}},
        {"monochrome crops by single lines", {.profile = 100, .crop_right = 3, .chroma = 0}, {1277, 720}},
        {"interlaced 1080", {.across = 120, .down = 34, .frames_only = false, .crop_bottom = 2}, {1920, 1080}},
        {"picture order count 0", {.order_count = 0}, {1280, 720}},
        {"picture order count 1", {.order_count = 1}, {1280, 720}},
        {"qcif", {.across = 11, .down = 9}, {176, 144}},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.what));
        const auto size = h264_picture_size(make_sps(row.sps));
        REQUIRE(size);
        CHECK(size->width_px == row.size.width_px);
        CHECK(size->height_px == row.size.height_px);
    }
}

TEST_CASE("h264 parameter set: as x264 writes them") {
    CHECK(h264_picture_size(kSps) == PictureSize{1280, 720});
    const auto high_1080 = hex("67640028acb403c0113f2c20000003002000000791e30654");
    CHECK(h264_picture_size(high_1080) == PictureSize{1920, 1080});
    const auto high_odd = hex("6764001eacb405217f112420000003002000000791e2c5d4");
    CHECK(h264_picture_size(high_odd) == PictureSize{642, 362});
}

TEST_CASE("h264 parameter set: nonsense is refused") {
    CHECK_FALSE(h264_picture_size({}));
    CHECK_FALSE(h264_picture_size(kPps));
    CHECK_FALSE(h264_picture_size(hex("6742c01f")));
    CHECK_FALSE(h264_picture_size(make_sps({.across = 5000})));
    CHECK_FALSE(h264_picture_size(make_sps({.crop_right = 640})));
    const Nal whole = make_sps({.profile = 100, .scaling = true});
    for (std::size_t bytes = 0; bytes + 2 < whole.size(); ++bytes) {
        CHECK_FALSE(h264_picture_size(Bytes(whole).first(bytes)));
    }
    std::mt19937 random(9);
    for (int i = 0; i < 20000; ++i) {
        Nal noise(random() % 40, 0x67);
        for (std::size_t at = 1; at < noise.size(); ++at) noise[at] = static_cast<std::uint8_t>(random());
        (void)h264_picture_size(noise);
    }
}

TEST_CASE("bit reader: emulation prevention and Exp-Golomb") {
    const auto bytes = hex("0000030100000301");
    BitReader reader(bytes);
    CHECK(reader.bits(32) == 0x00000100);
    CHECK(reader.bits(16) == 0x0001);
    CHECK(reader.ok());
    CHECK(reader.bit() == 0);
    CHECK_FALSE(reader.ok());
    // The codes 1, 010, 011, 00100 twice.
    const auto golomb = hex("a64a64");
    BitReader codes(golomb);
    for (std::uint32_t value = 0; value < 4; ++value) CHECK(codes.unsigned_golomb() == value);
    for (const std::int32_t value : {0, 1, -1, 2}) CHECK(codes.signed_golomb() == value);
    CHECK(codes.ok());
}
