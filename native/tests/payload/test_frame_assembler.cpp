#include "payload/frame_assembler.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "payload/h264.hpp"
#include "payload/h264_pictures.hpp"
#include "payload/lossy.hpp"
#include "payload/vp8.hpp"

using namespace cms::payload;
using namespace cms::test;

namespace {

FrameAssembler h264_assembler(AssemblerLimits limits = {}) {
    return FrameAssembler(make_payload_format(VideoCodec::H264), limits);
}

Datagram datagram(std::uint16_t sequence, std::uint32_t timestamp, bool marker, const std::string& payload,
                  double arrival_s = 0) {
    return {arrival_s, sequence, timestamp, marker, hex(payload)};
}

struct Stream {
    std::vector<std::vector<std::uint8_t>> pictures;
    std::vector<bool> keys;
    std::vector<Datagram> packets;
};

constexpr double kFrameTime_s = 1.0 / 30;

Stream h264_stream(std::mt19937& random, int pictures, H264Mode mode) {
    Stream stream;
    H264Packetizer packetizer(mode, 1200);
    Numbering numbering;
    std::vector<PayloadPiece> pieces;
    for (int i = 0; i < pictures; ++i) {
        stream.keys.push_back(i % 20 == 0);
        stream.pictures.push_back(make_picture(random, stream.keys.back()));
        packetizer.packetize(stream.pictures.back(), pieces);
        numbering.add(pieces, static_cast<std::uint32_t>(3000 * i), i * kFrameTime_s, stream.packets);
    }
    return stream;
}

Stream vp8_stream(std::mt19937& random, int pictures) {
    Stream stream;
    Vp8Packetizer packetizer(1200, 32760);
    Numbering numbering;
    std::vector<PayloadPiece> pieces;
    for (int i = 0; i < pictures; ++i) {
        stream.keys.push_back(i % 20 == 0);
        std::vector<std::uint8_t> frame(20 + random() % 9000);
        for (auto& byte : frame) byte = static_cast<std::uint8_t>(random());
        frame[0] = static_cast<std::uint8_t>(stream.keys.back() ? frame[0] & 0xFE : frame[0] | 1);
        if (stream.keys.back()) {
            const auto size = hex("9d012a 8002 6801");
            std::copy(size.begin(), size.end(), frame.begin() + 3);
        }
        stream.pictures.push_back(frame);
        packetizer.packetize(stream.pictures.back(), pieces);
        numbering.add(pieces, static_cast<std::uint32_t>(3000 * i), i * kFrameTime_s, stream.packets);
    }
    return stream;
}

// Nothing lost: every picture comes out, in order and as it went in.
void check_equal(const Stream& stream, const std::vector<AccessUnit>& received) {
    REQUIRE(received.size() == stream.pictures.size());
    for (std::size_t i = 0; i < received.size(); ++i) {
        CHECK(received[i].data == stream.pictures[i]);
        CHECK(received[i].key_frame == stream.keys[i]);
        CHECK_FALSE(received[i].damaged);
    }
}

// Something lost: order is kept, no picture comes twice, and following the rule "after damage wait for a key frame"
// a decoder sees only pictures as they were sent, each with all pictures since the last key frame before it.
void check_decodable(const Stream& stream, const std::vector<AccessUnit>& received) {
    std::int64_t last = -1;
    bool decoding = false;
    std::int64_t last_decoded = -1;
    for (const AccessUnit& picture : received) {
        const auto index = static_cast<std::int64_t>(picture.rtp_timestamp / 3000);
        CHECK(index > last);
        last = index;
        if (picture.damaged) decoding = false;
        if (!picture.damaged && picture.key_frame) decoding = true;
        if (!decoding) continue;
        const auto at = static_cast<std::size_t>(index);
        CHECK(picture.data == stream.pictures[at]);
        CHECK((stream.keys[at] || index == last_decoded + 1));
        last_decoded = index;
    }
}

std::size_t undamaged(const std::vector<AccessUnit>& received) {
    return static_cast<std::size_t>(
        std::count_if(received.begin(), received.end(), [](const AccessUnit& picture) { return !picture.damaged; }));
}

}  // namespace

TEST_CASE("frame assembler: reordered, duplicated and retransmitted packets give the same pictures") {
    for (unsigned seed = 0; seed < 20; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        const Stream stream = seed % 3 == 0   ? vp8_stream(random, 60)
                              : seed % 3 == 1 ? h264_stream(random, 60, H264Mode::NonInterleaved)
                                              : h264_stream(random, 60, H264Mode::SingleNal);
        FrameAssembler assembler(make_payload_format(seed % 3 == 0 ? VideoCodec::Vp8 : VideoCodec::H264));
        assembler.set_hold(0.25);
        const Weather weather{.loss = 0.1, .retransmitted = 1, .duplicated = 0.1, .jitter_s = 0.08};
        auto arrived = travel(stream.packets, weather, random);
        // The very first packet anchors the stream: what precedes it cannot be known to be missing.
        const auto is_first = [](const Datagram& each) { return each.sequence == 65500; };
        const auto first = std::find_if(arrived.begin(), arrived.end(), is_first);
        first->arrival_s = -1;
        std::rotate(arrived.begin(), first, first + 1);
        check_equal(stream, receive(assembler, arrived, 100));
        CHECK(assembler.stats().lost == 0);
        CHECK(assembler.stats().malformed == 0);
    }
}

TEST_CASE("frame assembler: losses for good damage pictures and nothing else") {
    std::uint64_t lost = 0;
    for (unsigned seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        const bool vp8 = seed % 2 == 0;
        const Stream stream = vp8 ? vp8_stream(random, 100) : h264_stream(random, 100, H264Mode::NonInterleaved);
        FrameAssembler assembler(make_payload_format(vp8 ? VideoCodec::Vp8 : VideoCodec::H264));
        assembler.set_hold(0.12);
        const Weather weather{.loss = 0.02, .retransmitted = 0.5, .duplicated = 0.02, .jitter_s = 0.05};
        const auto received = receive(assembler, travel(stream.packets, weather, random), 100);
        check_decodable(stream, received);
        CHECK(undamaged(received) > 50);
        lost += assembler.stats().lost;
        CHECK(assembler.stats().pictures == received.size());
        CHECK(assembler.stats().damaged == received.size() - undamaged(received));
    }
    CHECK(lost > 100);
}

TEST_CASE("frame assembler: heavy losses, random payloads and stray numbers never break the rule") {
    for (unsigned seed = 0; seed < 20; ++seed) {
        std::mt19937 random(seed);
        Stream stream = h264_stream(random, 60, H264Mode::NonInterleaved);
        FrameAssembler assembler = h264_assembler();
        auto arrived = travel(stream.packets, {.loss = 0.4, .duplicated = 0.2, .jitter_s = 0.3}, random);
        for (Datagram& each : arrived) {
            if (random() % 50 == 0) each.sequence = static_cast<std::uint16_t>(random());
            if (random() % 20 == 0) each.payload.resize(random() % 4);
            if (random() % 50 == 0) each.marker = !each.marker;
        }
        const auto received = receive(assembler, arrived, 100);
        CHECK(received.size() <= arrived.size());
    }
}

TEST_CASE("frame assembler: a gap is waited for until its deadline, counted from when it was seen") {
    FrameAssembler assembler = h264_assembler();
    assembler.set_hold(0.1);
    AccessUnit picture;
    assembler.push(datagram(1, 0, true, to_hex(kSps)).view(), 0);
    assembler.push(datagram(2, 0, true, to_hex(kPps)).view(), 0);
    assembler.push(datagram(3, 10, false, "6588aa").view(), 1.0);
    CHECK_FALSE(assembler.pop(1.0, picture));
    CHECK(assembler.deadline_s() > 1e9);
    assembler.push(datagram(5, 20, true, "4188aa").view(), 1.5);
    CHECK_FALSE(assembler.pop(1.59, picture));
    CHECK(assembler.deadline_s() == doctest::Approx(1.6));

    SUBCASE("it comes") {
        assembler.push(datagram(4, 10, true, "6540bb").view(), 1.59);
        REQUIRE(assembler.pop(1.59, picture));
        CHECK_FALSE(picture.damaged);
        CHECK(picture.arrival_s == 1.59);
        CHECK(picture.data == annex_b({kSps, kPps, hex("6588aa"), hex("6540bb")}));
        REQUIRE(assembler.pop(1.59, picture));
        CHECK_FALSE(picture.damaged);
        CHECK_FALSE(assembler.pop(1.59, picture));
    }
    SUBCASE("it does not") {
        REQUIRE(assembler.pop(1.61, picture));
        CHECK(picture.damaged);
        CHECK(picture.key_frame);
        CHECK(picture.rtp_timestamp == 10);
        REQUIRE(assembler.pop(1.61, picture));
        CHECK(picture.damaged);
        CHECK(assembler.stats().lost == 1);
        assembler.push(datagram(4, 10, true, "6540bb").view(), 1.62);
        CHECK_FALSE(assembler.pop(1.62, picture));
        CHECK(assembler.stats().late == 1);
    }
}

TEST_CASE("frame assembler: a whole lost picture damages the next, a key frame heals") {
    FrameAssembler assembler = h264_assembler();
    assembler.set_hold(0);
    const std::string sets = "78 0016 " + to_hex(kSps) + "0004" + to_hex(kPps);
    const std::vector<Datagram> arrived{
        datagram(1, 0, false, sets, 0),      datagram(2, 0, true, "6588aa", 0),
        datagram(3, 10, true, "4188aa", 1),  datagram(5, 30, true, "4188aa", 2),
        datagram(6, 40, true, "4188aa", 3),  datagram(8, 60, false, sets, 4),
        datagram(9, 60, true, "6588aa", 4),
    };
    const auto received = receive(assembler, arrived, 10);
    REQUIRE(received.size() == 5);
    CHECK_FALSE(received[0].damaged);
    CHECK_FALSE(received[1].damaged);
    CHECK(received[2].damaged);
    CHECK_FALSE(received[3].damaged);  // itself whole: the decoder waits for a key frame already
    CHECK_FALSE(received[4].damaged);
    CHECK(received[4].key_frame);
}

TEST_CASE("frame assembler: joining in the middle of a stream begins damaged") {
    FrameAssembler assembler = h264_assembler();
    const auto received = receive(assembler, {datagram(1, 0, true, "4188aa"), datagram(2, 10, true, "4188aa")}, 10);
    REQUIRE(received.size() == 2);
    CHECK(received[0].damaged);
}

TEST_CASE("frame assembler: a sender without markers is understood by its timestamps") {
    FrameAssembler assembler = h264_assembler();
    const auto received = receive(assembler,
                                  {datagram(1, 0, false, "4188aa"), datagram(2, 0, false, "4140bb"),
                                   datagram(3, 10, false, "4188cc"), datagram(4, 20, false, "4188dd")},
                                  10);
    REQUIRE(received.size() == 2);
    CHECK(received[0].data == annex_b({hex("4188aa"), hex("4140bb")}));
    CHECK_FALSE(received[1].damaged);
}

TEST_CASE("frame assembler: packets without payload belong to no picture") {
    FrameAssembler assembler = h264_assembler();
    const auto received = receive(assembler,
                                  {datagram(1, 0, true, "4188aa"), datagram(2, 0, false, ""), datagram(3, 5, true, ""),
                                   datagram(4, 10, true, "4188bb")},
                                  10);
    REQUIRE(received.size() == 2);
    CHECK(received[1].rtp_timestamp == 10);
    CHECK_FALSE(received[1].damaged);
}

TEST_CASE("frame assembler: malformed payloads are counted and damage their picture") {
    FrameAssembler assembler = h264_assembler();
    const auto received = receive(assembler,
                                  {datagram(1, 0, true, "4188aa"), datagram(2, 10, false, "4188aa"),
                                   datagram(3, 10, true, "1f00"), datagram(4, 20, true, "1f00")},
                                  10);
    REQUIRE(received.size() == 2);
    CHECK(received[1].damaged);
    CHECK(assembler.stats().malformed == 2);
}

TEST_CASE("frame assembler: one stray number is dropped, two in a row are a new stream") {
    FrameAssembler assembler = h264_assembler();
    auto received = receive(assembler,
                            {datagram(1, 0, true, "4188aa"), datagram(30000, 5, true, "4188aa"),
                             datagram(2, 10, true, "4188aa"), datagram(40000, 20, true, "4188aa"),
                             datagram(40001, 30, true, "4188aa"), datagram(40002, 40, true, "4188aa")},
                            10);
    REQUIRE(received.size() == 4);
    CHECK(assembler.stats().strays == 2);
    CHECK(assembler.stats().restarts == 1);
    CHECK_FALSE(received[1].damaged);
    CHECK(received[2].rtp_timestamp == 30);
    CHECK(received[2].damaged);
}

TEST_CASE("frame assembler: everything is bounded") {
    SUBCASE("a picture") {
        FrameAssembler assembler = h264_assembler({.max_picture_bytes = 5000});
        std::vector<Datagram> arrived;
        for (std::uint16_t i = 0; i < 100; ++i) arrived.push_back(datagram(i, 0, i == 99, "41" + std::string(200, '8')));
        arrived.push_back(datagram(100, 10, true, "4188aa"));
        const auto received = receive(assembler, arrived, 10);
        CHECK(assembler.stats().oversized == 1);
        REQUIRE(received.size() == 1);
        CHECK(received[0].damaged);
    }
    SUBCASE("waiting packets") {
        FrameAssembler assembler = h264_assembler({.slots = 64});
        assembler.set_hold(1000);
        std::vector<Datagram> arrived{datagram(0, 0, false, "4188aa")};
        for (std::uint16_t i = 2; i < 1000; ++i) arrived.push_back(datagram(i, 0, false, "4140aa"));
        CHECK(receive(assembler, arrived, 1).empty());
        CHECK(assembler.stats().restarts > 0);
    }
    SUBCASE("waiting bytes") {
        FrameAssembler assembler = h264_assembler({.max_held_bytes = 10000});
        assembler.set_hold(1000);
        std::vector<Datagram> arrived;
        for (std::uint16_t i = 0; i < 300; ++i) arrived.push_back(datagram(i, 0, false, "4140" + std::string(200, '8')));
        CHECK(receive(assembler, arrived, 1).empty());
        CHECK(assembler.stats().restarts > 0);
    }
}

TEST_CASE("frame assembler: restart forgets what is held") {
    FrameAssembler assembler = h264_assembler();
    AccessUnit picture;
    assembler.push(datagram(1, 0, false, "4188aa").view(), 0);
    assembler.restart();
    assembler.push(datagram(500, 10, true, "4188bb").view(), 0);
    REQUIRE(assembler.pop(0, picture));
    CHECK(picture.rtp_timestamp == 10);
    CHECK(picture.damaged);
    CHECK_FALSE(assembler.pop(0, picture));
}
