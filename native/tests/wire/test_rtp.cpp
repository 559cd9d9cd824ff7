#include "wire/rtp.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>

#include "wire/hex.hpp"

using namespace cms::wire;
using cms::test::hex;
using cms::test::to_hex;

namespace {

const std::string kFixed = "80 e0 1234 00000a00 cafebabe";

}  // namespace

TEST_CASE("rtp: a plain packet") {
    const auto packet = hex(kFixed + "010203");
    const auto view = RtpView::parse(packet);
    REQUIRE(view);
    CHECK(view->marker);
    CHECK(view->payload_type == 96);
    CHECK(view->sequence == 0x1234);
    CHECK(view->timestamp == 0xA00);
    CHECK(view->ssrc == 0xCAFEBABE);
    CHECK(view->header_bytes == 12);
    CHECK(to_hex(view->payload) == "010203");
}

TEST_CASE("rtp: csrcs, extension and padding together") {
    const auto packet = hex("b2 60 0001 00000002 00000003 00000011 00000022 bede0001 10aa0000 0909 000003");
    const auto view = RtpView::parse(packet);
    REQUIRE(view);
    CHECK(view->csrc_count() == 2);
    CHECK(view->csrc(1) == 0x22);
    CHECK(view->header_bytes == 28);
    CHECK(view->padding_bytes == 3);
    CHECK(to_hex(view->payload) == "0909");
    REQUIRE(view->extension(1));
    CHECK(to_hex(*view->extension(1)) == "aa");
}

TEST_CASE("rtp: header extensions by RFC 8285") {
    struct Row {
        const char* what;
        const char* extension;
        std::uint8_t id;
        const char* value;  // null: not there
    };
    const Row rows[] = {
        {"one-byte, first", "bede0002 12aabbcc 30dd0000", 1, "aabbcc"},
        {"one-byte, second", "bede0002 12aabbcc 30dd0000", 3, "dd"},
        {"one-byte, absent", "bede0002 12aabbcc 30dd0000", 2, nullptr},
        {"one-byte, after padding", "bede0001 000040ee", 4, "ee"},
        {"one-byte, id 15 ends the list", "bede0002 f0000000 10aa0000", 1, nullptr},
        {"one-byte, longer than the list", "bede0001 1faabbcc", 1, nullptr},
        {"two-byte", "10000002 0102aabb 05000000", 1, "aabb"},
        {"two-byte, empty element", "10000002 0102aabb 05000000", 5, ""},
        {"two-byte, application bits", "100f0001 0701aa00", 7, "aa"},
        {"two-byte, id without length", "10000001 00000007", 7, nullptr},
        {"another profile", "abcd0001 10aa0000", 1, nullptr},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.what));
        const auto packet = hex("90 60 0001 00000002 00000003" + std::string(row.extension));
        const auto view = RtpView::parse(packet);
        REQUIRE(view);
        const auto found = view->extension(row.id);
        REQUIRE(found.has_value() == (row.value != nullptr));
        if (found) CHECK(to_hex(*found) == row.value);
    }
}

TEST_CASE("rtp: what contradicts itself is refused") {
    const char* rows[] = {
        "",
        "80",
        "80 60 0001 00000002 000000",             // a byte short of the fixed header
        "40 60 0001 00000002 00000003",           // version 1
        "81 60 0001 00000002 00000003",           // one CSRC claimed, none there
        "90 60 0001 00000002 00000003 bede",      // half an extension header
        "90 60 0001 00000002 00000003 bede0001",  // extension longer than the packet
        "a0 60 0001 00000002 00000003",           // padding claimed, nothing there
        "a0 60 0001 00000002 00000003 00",        // padding of no bytes
        "a0 60 0001 00000002 00000003 03",        // padding longer than what is left
    };
    for (const char* row : rows) {
        CAPTURE(std::string(row));
        CHECK_FALSE(RtpView::parse(hex(row)));
    }
}

TEST_CASE("rtp: padding may be all there is") {
    const auto packet = hex("a0 60 0001 00000002 00000003 0002");
    const auto view = RtpView::parse(packet);
    REQUIRE(view);
    CHECK(view->payload.empty());
}

TEST_CASE("rtp: what is written is parsed again") {
    std::array<std::uint8_t, 12> out{};
    const RtpHeader header{.marker = true, .payload_type = 111, .sequence = 65535, .timestamp = 1, .ssrc = 7};
    CHECK(header.write(out) == 12);
    const auto view = RtpView::parse(out);
    REQUIRE(view);
    CHECK(view->marker);
    CHECK(view->payload_type == 111);
    CHECK(view->sequence == 65535);
    CHECK(view->timestamp == 1);
    CHECK(view->ssrc == 7);
    CHECK(header.write(MutableBytes(out).first(11)) == 0);
}

TEST_CASE("rtp: sequence numbers unwrap forwards and backwards") {
    SequenceUnwrapper unwrapper;
    CHECK(unwrapper.unwrap(65534) == 65534);
    CHECK(unwrapper.unwrap(1) == 65537);
    CHECK(unwrapper.unwrap(65535) == 65535);
    CHECK(unwrapper.peek(40000) == 40000);
    CHECK(unwrapper.unwrap(2) == 65538);
    unwrapper.reset();
    CHECK(unwrapper.unwrap(3) == 3);
    CHECK(unwrapper.unwrap(65535) == -1);
    CHECK(unwrapper.unwrap(4) == 4);
}

TEST_CASE("rtp: timestamps unwrap over many wraps") {
    TimestampUnwrapper unwrapper;
    std::int64_t expected = 0xFFFFFF00;
    for (int i = 0; i < 100; ++i, expected += 0x40000000) {
        CHECK(unwrapper.unwrap(static_cast<std::uint32_t>(expected)) == expected);
    }
}

TEST_CASE("rtp: order on a wrapping counter") {
    CHECK(sequence_after(1, 65535));
    CHECK_FALSE(sequence_after(65535, 1));
    CHECK_FALSE(sequence_after(5, 5));
}

TEST_CASE("rtp: random bytes stay within bounds") {
    std::mt19937 random(1);
    for (int i = 0; i < 20000; ++i) {
        std::vector<std::uint8_t> packet(random() % 64);
        for (auto& byte : packet) byte = static_cast<std::uint8_t>(random());
        if (!packet.empty()) packet[0] = static_cast<std::uint8_t>(0x80 | (packet[0] & 0x3F));
        if (const auto view = RtpView::parse(packet)) {
            CHECK(view->header_bytes + view->payload.size() + view->padding_bytes == packet.size());
            (void)view->extension(3);
        }
    }
}
