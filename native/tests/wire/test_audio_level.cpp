#include "wire/audio_level.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

namespace cms::wire {
namespace {

std::optional<RtpView> parsed(std::initializer_list<std::uint8_t> extension) {
    static std::array<std::uint8_t, 64> bytes;
    bytes.fill(0);
    bytes[0] = 0x90;
    std::copy(extension.begin(), extension.end(), bytes.begin() + kRtpHeaderBytes);
    return RtpView::parse(Bytes(bytes).first(kRtpHeaderBytes + extension.size() + 20));
}

}  // namespace

TEST_CASE("audio level: what is written is read, and the payload is where it was") {
    for (const int level : {0, 38, 127, 300, -5}) {
        std::array<std::uint8_t, 40> packet{};
        CHECK(RtpHeader{true, 96, 7, 8, 9}.write(packet) == kRtpHeaderBytes);
        CHECK(write_audio_level(packet, 5, level, level < 50) == kRtpHeaderBytes + kAudioLevelBytes);
        const auto view = RtpView::parse(packet);
        REQUIRE(view);
        CHECK(audio_level(*view, 5) == std::clamp(level, 0, 127));
        CHECK(!audio_level(*view, 4));
        CHECK(view->marker);
        CHECK(view->payload.size() == packet.size() - kRtpHeaderBytes - kAudioLevelBytes);
    }
    std::array<std::uint8_t, 16> small{};
    CHECK(write_audio_level(small, 5, 10, false) == 0);
}

TEST_CASE("audio level: both forms among others, and what is broken is no level") {
    CHECK(audio_level(*parsed({0xBE, 0xDE, 0, 1, 0x20, 0x11, 0x10, 0xA6}), 1) == 0x26);
    CHECK(audio_level(*parsed({0x10, 0x00, 0, 1, 3, 1, 0x26, 0}), 3) == 0x26);
    CHECK(!audio_level(*parsed({0x10, 0x00, 0, 1, 3, 0, 0, 0}), 3));
    CHECK(!audio_level(*parsed({0xBE, 0xDE, 0, 1, 0x1F, 0x26, 0, 0}), 1));
    CHECK(!audio_level(*parsed({0x12, 0x34, 0, 1, 0x10, 0x26, 0, 0}), 1));
}

}  // namespace cms::wire
