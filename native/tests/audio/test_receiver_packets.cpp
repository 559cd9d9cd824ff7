// The receiver packet by packet: what it refuses, counts and follows.
#include <doctest/doctest.h>

#include <random>

#include "audio/feeder.hpp"
#include "audio/signal.hpp"

namespace cms::audio {

using test::Feeder;
using test::kAmplitude;
using test::kLoud;

TEST_CASE("receiver: unknown types and malformed payloads are counted and change nothing") {
    Feeder feeder;
    CHECK(feeder.give(77, kLoud) == Received::unknown_payload_type);
    CHECK(feeder.give(0, {}) == Received::malformed);
    CHECK(feeder.give(0, std::vector<std::uint8_t>(1000)) == Received::malformed);
    CHECK(feeder.give(111, std::vector<std::uint8_t>{0xff}) == Received::malformed);
    CHECK(feeder.receiver.stats().malformed == 3);
    CHECK(feeder.receiver.stats().unknown_payload_type == 1);
    CHECK(feeder.tick() == BlockKind::silent);
}

TEST_CASE("receiver: duplicates and late packets are counted") {
    Feeder feeder;
    for (int i = 0; i < 10; ++i) feeder.step(0, kLoud);
    CHECK(feeder.give(0, kLoud) == Received::accepted);
    CHECK(feeder.give(0, kLoud) == Received::duplicate);
    feeder.sequence -= 5;
    feeder.timestamp -= 5 * 160;
    CHECK(feeder.give(0, kLoud) == Received::late);
    CHECK(feeder.receiver.jitter().late == 1);
    CHECK(feeder.receiver.jitter().duplicate == 1);
}

TEST_CASE("receiver: a tick is covered when what waits reaches to its end without a gap") {
    Feeder feeder;
    CHECK_FALSE(feeder.receiver.covered());
    for (int i = 0; i < 20; ++i) feeder.step(0, kLoud);
    CHECK_FALSE(feeder.receiver.covered());
    feeder.sequence += 1;
    feeder.timestamp += 160;
    feeder.give(0, kLoud);
    CHECK_FALSE(feeder.receiver.covered());
    feeder.sequence -= 1;
    feeder.timestamp -= 160;
    feeder.give(0, kLoud);
    CHECK(feeder.receiver.covered());
    feeder.tick();
    CHECK(feeder.receiver.covered());
    feeder.tick();
    CHECK_FALSE(feeder.receiver.covered());
}

TEST_CASE("receiver: comfort noise turns a pause into silence at once") {
    Feeder feeder;
    for (int i = 0; i < 20; ++i) feeder.step(0, kLoud);
    feeder.step(13, std::vector<std::uint8_t>{70});
    for (int i = 0; i < 3; ++i) feeder.tick();
    CHECK(feeder.tick() == BlockKind::silent);
    CHECK(feeder.receiver.stats().concealed_ticks == 0);
}

TEST_CASE("receiver: another codec in mid-stream is followed, with another clock as well") {
    Feeder feeder;
    for (int i = 0; i < 20; ++i) feeder.step(0, kLoud);
    for (int i = 0; i < 5; ++i) feeder.step(9, kLoud);
    CHECK(feeder.receiver.codec() == Codec::g722);
    const auto encoder = make_encoder(Codec::opus, {});
    test::Tone tone(1000);
    std::vector<std::uint8_t> payload(kMaxPayloadBytes);
    for (int i = 0; i < 50; ++i) {
        const Block block = tone.block();
        const int bytes = encoder->encode(block, payload);
        feeder.give(111, {payload.data(), static_cast<std::size_t>(bytes)});
        ++feeder.sequence;
        feeder.timestamp += 960;
        feeder.tick();
    }
    CHECK(feeder.receiver.codec() == Codec::opus);
    CHECK(test::amplitude_at(feeder.block.view(), 1000) == doctest::Approx(kAmplitude).epsilon(0.1));
}

TEST_CASE("receiver: one packet with a wild timestamp disturbs nobody, two in a row are a restart") {
    Feeder feeder;
    for (int i = 0; i < 20; ++i) feeder.step(0, kLoud);
    const std::uint32_t right = feeder.timestamp;
    feeder.timestamp = right + 1000000;
    CHECK(feeder.give(0, kLoud) == Received::suspect);
    feeder.timestamp = right;
    for (int i = 0; i < 20; ++i) CHECK(feeder.step(0, kLoud) == BlockKind::real);
    feeder.timestamp += 1000000;
    for (int i = 0; i < 20; ++i) feeder.step(0, kLoud);
    CHECK(feeder.receiver.jitter().restarts == 1);
    CHECK(feeder.step(0, kLoud) == BlockKind::real);
    feeder.timestamp -= 30000000;
    for (int i = 0; i < 20; ++i) feeder.step(0, kLoud);
    CHECK(feeder.receiver.jitter().restarts == 2);
    CHECK(feeder.step(0, kLoud) == BlockKind::real);
}

TEST_CASE("receiver: restart for a new SSRC plays the new sender within 40 ms") {
    Feeder feeder;
    for (int i = 0; i < 20; ++i) feeder.step(0, kLoud);
    feeder.receiver.restart();
    feeder.sequence = 7;
    feeder.timestamp = 99;
    feeder.step(0, kLoud);
    feeder.step(0, kLoud);
    CHECK(feeder.step(0, kLoud) == BlockKind::real);
    CHECK(feeder.receiver.jitter().restarts == 0);
}

TEST_CASE("receiver: a flood of packets stays bounded") {
    Feeder feeder;
    for (int i = 0; i < 2000; ++i) {
        feeder.give(0, kLoud);
        ++feeder.sequence;
        feeder.timestamp += 160;
    }
    for (int i = 0; i < 10; ++i) feeder.tick();
    CHECK(feeder.receiver.jitter().overflowed > 1000);
}

TEST_CASE("receiver: any sequence of packets and ticks ends well") {
    std::mt19937 random(23);
    Feeder feeder;
    constexpr std::array<std::uint8_t, 5> types{0, 9, 111, 13, 50};
    for (int i = 0; i < 10000; ++i) {
        std::vector<std::uint8_t> payload(random() % 300);
        for (auto& byte : payload) byte = static_cast<std::uint8_t>(random());
        feeder.sequence += static_cast<std::int64_t>(random() % 5) - 1;
        feeder.timestamp += random() % 50 == 0 ? static_cast<std::uint32_t>(random()) : static_cast<std::uint32_t>(random() % 600);
        feeder.give(types[random() % types.size()], payload);
        if (random() % 2 == 0) feeder.tick();
    }
    const auto& stats = feeder.receiver.stats();
    CHECK(stats.real_ticks + stats.concealed_ticks + stats.silent_ticks > 4500);
}

}  // namespace cms::audio
