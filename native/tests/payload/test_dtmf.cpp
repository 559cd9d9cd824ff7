#include "payload/dtmf.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "wire/hex.hpp"

using namespace cms::payload;
using cms::test::hex;
using cms::test::to_hex;

namespace {

constexpr std::uint32_t kPacketTicks = 160;  // 20 ms at 8 kHz

// What a sender puts out while an audio clock runs on.
std::vector<DtmfPacket> send(DtmfSender& sender, std::uint32_t first_timestamp, int ticks) {
    std::vector<DtmfPacket> sent;
    for (int i = 0; i < ticks; ++i) {
        if (const auto packet = sender.tick(first_timestamp + static_cast<std::uint32_t>(i) * kPacketTicks)) {
            sent.push_back(*packet);
        }
    }
    return sent;
}

std::string hear(DtmfReceiver& receiver, const std::vector<DtmfPacket>& packets) {
    std::string digits;
    for (const DtmfPacket& packet : packets) {
        const DtmfReceived received = receiver.receive(packet.payload, packet.timestamp);
        if (received.outcome == DtmfOutcome::Pressed) digits.push_back(received.digit);
    }
    return digits;
}

}  // namespace

TEST_CASE("dtmf: one key press is updates and three ends under one timestamp") {
    DtmfSender sender(8000, 20);
    REQUIRE(sender.press('5', 100));
    CHECK(sender.active());
    const auto sent = send(sender, 1000, 20);
    std::vector<std::string> payloads;
    for (const DtmfPacket& packet : sent) payloads.push_back(to_hex(packet.payload));
    CHECK(payloads == std::vector<std::string>{"050a00a0", "050a0140", "050a01e0", "050a0280", "058a0320", "058a0320",
                                               "058a0320"});
    for (std::size_t i = 0; i < sent.size(); ++i) {
        CHECK(sent[i].timestamp == 1000);
        CHECK(sent[i].marker == (i == 0));
    }
    CHECK_FALSE(sender.active());
}

TEST_CASE("dtmf: presses come out in order with a pause between") {
    DtmfSender sender(8000, 20);
    const std::string keys = "0123456789*#ABCD";
    for (const char key : keys) REQUIRE(sender.press(key, 40));
    const auto sent = send(sender, 0xFFFFF000, 400);
    DtmfReceiver receiver;
    CHECK(hear(receiver, sent) == keys);
    for (std::size_t i = 1; i < sent.size(); ++i) {
        if (!sent[i].marker) continue;
        // At least 40 ms from the end of one to the start of the next.
        const std::uint32_t end = sent[i - 1].timestamp + cms::wire::load_u16(sent[i - 1].payload.data() + 2);
        CHECK(sent[i].timestamp - end >= 320);
    }
}

TEST_CASE("dtmf: what cannot be sent is refused, durations are kept within bounds") {
    DtmfSender sender(48000, 20);
    CHECK_FALSE(sender.press('x', 100));
    CHECK(sender.press('a', 1));
    CHECK(sender.press('b', 100000));
    for (int i = 0; i < 62; ++i) CHECK(sender.press('1', 40));
    CHECK_FALSE(sender.press('1', 40));
    std::uint32_t longest = 0;
    std::uint32_t first = 0;
    for (int i = 0; i < 300; ++i) {
        const auto packet = sender.tick(static_cast<std::uint32_t>(960 * i));
        if (!packet) continue;
        const std::uint32_t duration = cms::wire::load_u16(packet->payload.data() + 2);
        longest = std::max(longest, duration);
        if (packet->payload[0] == 12) first = std::max(first, duration);
    }
    CHECK(longest == 0xFFFF);
    CHECK(first == 40 * 48);
}

TEST_CASE("dtmf: heard once whatever is lost, doubled or late") {
    const std::string keys = "1122334455##**";
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        DtmfSender sender(8000, 20);
        for (const char key : keys) sender.press(key, 100);
        const auto sent = send(sender, random(), 300);
        std::vector<DtmfPacket> arrived;
        std::size_t begin = 0;
        while (begin < sent.size()) {
            std::size_t end = begin + 1;
            while (end < sent.size() && !sent[end].marker) ++end;
            // Of each press something survives: any one packet at least.
            const std::size_t survivor = begin + random() % (end - begin);
            for (std::size_t i = begin; i < end; ++i) {
                if (i != survivor && random() % 2 == 0) continue;
                arrived.push_back(sent[i]);
                if (random() % 4 == 0) arrived.push_back(sent[i]);
                if (arrived.size() > 1 && random() % 4 == 0) arrived.push_back(arrived[arrived.size() - 2]);
            }
            begin = end;
        }
        DtmfReceiver receiver;
        CHECK(hear(receiver, arrived) == keys);
    }
}

TEST_CASE("dtmf: a key held longer than one event can say is one press") {
    DtmfReceiver receiver;
    CHECK(receiver.receive(hex("030affff"), 1000).outcome == DtmfOutcome::Pressed);
    CHECK(receiver.receive(hex("030a00a0"), 1000 + 0xFFFF).outcome == DtmfOutcome::Known);
    CHECK(receiver.receive(hex("038a0140"), 1000 + 0xFFFF).outcome == DtmfOutcome::Known);
    CHECK(receiver.receive(hex("030a00a0"), 1000 + 0xFFFF + 0x140).outcome == DtmfOutcome::Pressed);
}

TEST_CASE("dtmf: a segment is recognised although the last updates of the one before are lost") {
    DtmfReceiver receiver;
    CHECK(receiver.receive(hex("030af000"), 1000).outcome == DtmfOutcome::Pressed);
    CHECK(receiver.receive(hex("030a00a0"), 1000 + 0xFFFF).outcome == DtmfOutcome::Known);
}

TEST_CASE("dtmf: an end without its start, tones that are no keys, nonsense") {
    DtmfReceiver receiver;
    const DtmfReceived received = receiver.receive(hex("0b8a0320"), 5);
    CHECK(received.outcome == DtmfOutcome::Pressed);
    CHECK(received.digit == '#');
    CHECK(receiver.receive(hex("100a00a0"), 10000).outcome == DtmfOutcome::NotADigit);
    CHECK(receiver.receive(hex("ff0a00a0"), 10000).outcome == DtmfOutcome::NotADigit);
    CHECK(receiver.receive(hex("050a00"), 10000).outcome == DtmfOutcome::Malformed);
    CHECK(receiver.receive({}, 10000).outcome == DtmfOutcome::Malformed);
}

TEST_CASE("dtmf: new timestamps after a re-negotiation do not silence anybody") {
    DtmfReceiver receiver;
    CHECK(receiver.receive(hex("010a00a0"), 0x70000000).outcome == DtmfOutcome::Pressed);
    CHECK(receiver.receive(hex("010a00a0"), 0x70000000 - 1600).outcome == DtmfOutcome::Known);
    CHECK(receiver.receive(hex("020a00a0"), 0x10000000).outcome == DtmfOutcome::Pressed);
}

TEST_CASE("dtmf: names of the keys") {
    CHECK(dtmf_event('d') == 15);
    CHECK(dtmf_event('#') == 11);
    CHECK_FALSE(dtmf_event('E'));
    CHECK(dtmf_digit(10) == '*');
    CHECK_FALSE(dtmf_digit(16));
}
