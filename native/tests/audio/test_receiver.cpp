#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "audio/level.hpp"
#include "audio/network.hpp"

namespace cms::audio {
namespace {

using test::Heard;
using test::NetworkSettings;

constexpr std::array kAll{Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus};

// Amplitude of the test tone.
constexpr double kAmplitude = 0.25;

int count(const Heard& heard, BlockKind kind) { return static_cast<int>(std::ranges::count(heard.kinds, kind)); }

}  // namespace

TEST_CASE("receiver: on a perfect network a tone has no gap, nothing made up, and waits 24 ms") {
    for (const Codec codec : kAll)
        for (const int ms : {10, 20, 30, 40, 60}) {
            if (packet_time_ms(codec, ms) != ms) continue;
            CAPTURE(std::string(codec_name(codec)));
            CAPTURE(ms);
            NetworkSettings settings;
            settings.codec = codec;
            settings.packet_time_ms = ms;
            const Heard heard = test::run(settings);
            CHECK(test::longest_gap_ms(heard.since(0.5), 1000, kAmplitude) == 0);
            CHECK(count(heard, BlockKind::concealed) == 0);
            CHECK(heard.stats.shortened + heard.stats.lengthened == 0);
            CHECK(heard.jitter.delay_ms == doctest::Approx(24).epsilon(0.01));
        }
}

TEST_CASE("receiver: whatever the phase between packets and ticks") {
    for (const double phase_ms : {0.0, 0.01, 5.0, 10.0, 19.99}) {
        NetworkSettings settings;
        settings.phase_s = phase_ms / 1000;
        const Heard heard = test::run(settings);
        CAPTURE(phase_ms);
        CHECK(test::longest_gap_ms(heard.since(0.5), 1000, kAmplitude) == 0);
        CHECK(count(heard, BlockKind::concealed) == 0);
        CHECK(heard.jitter.delay_ms < 30);
    }
}

TEST_CASE("receiver: 60 s with a clock 100 ppm off have no gap, no click and a bounded delay") {
    for (const Codec codec : kAll)
        for (const double ppm : {-100.0, 100.0}) {
            CAPTURE(std::string(codec_name(codec)));
            CAPTURE(ppm);
            NetworkSettings settings;
            settings.codec = codec;
            settings.seconds = 60;
            settings.drift_ppm = ppm;
            const Heard heard = test::run(settings);
            CHECK(test::longest_gap_ms(heard.since(0.5), 1000, kAmplitude) == 0);
            CHECK(count(heard, BlockKind::concealed) == 0);
            CHECK(*std::ranges::max_element(heard.delay_ms) < 40);
            // A sine's own steepest step is 2 pi f / rate times its amplitude.
            const double own_step = 2 * 3.1416 * 1000 / kSampleRateHz * kAmplitude * 32768;
            CHECK(test::largest_step(heard.since(0.5)) < 1.25 * own_step);
        }
}

TEST_CASE("receiver: two minutes with a clock 500 ppm off neither grow nor underrun") {
    for (const double ppm : {-500.0, 500.0}) {
        NetworkSettings settings;
        settings.seconds = 120;
        settings.drift_ppm = ppm;
        settings.tone_hz = 440;
        const Heard heard = test::run(settings);
        // The fast sender has sent all 60 ms early and is missed then.
        CHECK(std::count(heard.kinds.begin(), heard.kinds.end() - 25, BlockKind::concealed) == 0);
        CHECK(*std::ranges::max_element(heard.delay_ms) < 40);
        CHECK((ppm > 0 ? heard.stats.shortened : heard.stats.lengthened) >= 4);
        CHECK((ppm > 0 ? heard.stats.lengthened : heard.stats.shortened) == 0);
    }
}

TEST_CASE("receiver: jitter is learnt within a second and then nothing is late") {
    for (const double jitter_ms : {15.0, 40.0, 80.0}) {
        CAPTURE(jitter_ms);
        NetworkSettings settings;
        settings.seconds = 30;
        settings.delay_s = test::uniform_jitter(jitter_ms / 1000, 11);
        const Heard heard = test::run(settings);
        const auto late_start = std::count(heard.kinds.begin() + 150, heard.kinds.end(), BlockKind::concealed);
        CHECK(late_start <= 8);  // of 1350 ticks
        CHECK(heard.jitter.target_ms < jitter_ms + 25);
        CHECK(heard.jitter.late < 10);  // all while the jitter is learnt
    }
}

TEST_CASE("receiver: the delay comes back when the jitter has gone") {
    const auto jitter = test::uniform_jitter(0.1, 5);
    NetworkSettings settings;
    settings.seconds = 60;
    settings.delay_s = [jitter](int n) { return n < 500 ? jitter(n) : std::optional(0.01); };
    const Heard heard = test::run(settings);
    CHECK(heard.delay_ms[500] > 60);
    CHECK(heard.delay_ms.back() < 45);
}

TEST_CASE("receiver: a lost packet is made up without moving what follows") {
    for (const Codec codec : kAll) {
        CAPTURE(std::string(codec_name(codec)));
        NetworkSettings settings;
        settings.codec = codec;
        settings.delay_s = [](int n) { return n % 25 == 24 ? std::nullopt : std::optional(0.0); };
        const Heard heard = test::run(settings);
        CHECK(test::longest_gap_ms(heard.since(0.5), 1000, kAmplitude) <= 8);
        CHECK(heard.jitter.lost >= 17);
        CHECK(heard.jitter.late == 0);
        CHECK(heard.jitter.delay_ms == doctest::Approx(24).epsilon(0.1));
    }
}

TEST_CASE("receiver: 10 % random loss is heard as tone most of the time") {
    NetworkSettings settings;
    settings.seconds = 20;
    settings.delay_s = test::random_loss(0.1, 3);
    const Heard heard = test::run(settings);
    CHECK(test::amplitude_at(heard.since(1), 1000) > 0.6 * kAmplitude);
    CHECK(count(heard, BlockKind::silent) < 5);
    CHECK(heard.jitter.delay_ms < 45);
}

TEST_CASE("receiver: a long loss fades out to silence, not to a stuck tone") {
    NetworkSettings settings;
    settings.seconds = 4;
    settings.delay_s = [](int n) { return n >= 50 && n < 100 ? std::nullopt : std::optional(0.0); };
    const Heard heard = test::run(settings);
    const auto lost = heard.since(1.2).first(kSampleRateHz / 2);
    CHECK(rms_dbov(lost) == kSilenceDbov);
    CHECK(test::longest_gap_ms(heard.since(2.2), 1000, kAmplitude) == 0);
}

TEST_CASE("receiver: in-band redundancy is used when the next packet is there") {
    NetworkSettings settings;
    settings.codec = Codec::opus;
    settings.encoder.opus_fec = true;
    settings.encoder.expected_loss_percent = 10;
    settings.encoder.opus_mode = OpusMode::voip;
    settings.jitter.min_delay_ms = 60;
    settings.tone_hz = 300;
    settings.pulsing = true;
    settings.delay_s = [](int n) { return n % 10 == 9 ? std::nullopt : std::optional(0.0); };
    const Heard heard = test::run(settings);
    CHECK(heard.jitter.lost >= 40);
    CHECK(heard.stats.recovered_packets >= 20);
    CHECK(heard.jitter.late == 0);
}

TEST_CASE("receiver: pauses of the sender are silence, and speech after them is whole") {
    NetworkSettings settings;
    settings.seconds = 12;
    settings.pauses = [](double t) { return std::fmod(t, 2.0) >= 1.0; };
    const Heard heard = test::run(settings);
    for (double from = 0.2; from < 11; from += 2) {
        CHECK(test::longest_gap_ms(heard.since(from).first(35 * kTickSamples), 1000, kAmplitude) == 0);
        CHECK(rms_dbov(heard.since(from + 1.0).first(35 * kTickSamples)) == kSilenceDbov);
    }
    CHECK(heard.jitter.lost == 0);
    CHECK(heard.jitter.delay_ms < 45);
}

TEST_CASE("receiver: reordered packets are put in order once the jitter is known") {
    NetworkSettings settings;
    settings.seconds = 10;
    settings.delay_s = [](int n) { return std::optional(n % 5 == 0 ? 0.030 : 0.0); };
    const Heard heard = test::run(settings);
    CHECK(test::longest_gap_ms(heard.since(2), 1000, kAmplitude) == 0);
    CHECK(heard.jitter.lost == 0);
}

TEST_CASE("receiver: a jam of a second does not leave a second of delay") {
    NetworkSettings settings;
    settings.seconds = 20;
    settings.delay_s = [](int n) { return std::optional(n >= 100 && n < 150 ? (150 - n) * 0.02 + n * 1e-6 : 0.0); };
    const Heard heard = test::run(settings);
    CHECK(heard.jitter.overflowed > 20);
    CHECK(heard.delay_ms[300] < 280);
    CHECK(heard.delay_ms.back() < 50);
    CHECK(test::longest_gap_ms(heard.since(5), 1000, kAmplitude) == 0);
}

TEST_CASE("receiver: a longer route in mid-call costs a moment, not the rest of the call") {
    NetworkSettings settings;
    settings.seconds = 20;
    settings.delay_s = [](int n) { return std::optional(n < 250 ? 0.0 : 0.3); };
    const Heard heard = test::run(settings);
    CHECK(test::longest_gap_ms(heard.since(7), 1000, kAmplitude) == 0);
    CHECK(heard.delay_ms.back() < 45);
}

namespace {

constexpr std::array<ReceiveFormat, 3> kFormats{{{0, Codec::pcmu}, {9, Codec::g722}, {111, Codec::opus}}};

struct Feeder {
    AudioReceiver receiver{kFormats};
    std::int64_t sequence = 100;
    std::uint32_t timestamp = 5000;
    double now = 50;
    Sound block{};

    Received give(std::uint8_t payload_type, std::span<const std::uint8_t> payload, bool quiet = false) {
        return receiver.receive({sequence, timestamp, payload_type, now, payload, quiet});
    }

    // One packet of 20 ms and one tick.
    BlockKind step(std::uint8_t payload_type, std::span<const std::uint8_t> payload) {
        give(payload_type, payload);
        ++sequence;
        timestamp += 160;
        return tick();
    }

    BlockKind tick() {
        now += 0.02;
        return receiver.tick(now, block);
    }
};

const std::vector<std::uint8_t> kLoud(160, 0x10);

}  // namespace

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

namespace {

// Half a second of a tone, a second and a half of `pause`, half a second of the tone again, in Opus.
struct Pause {
    explicit Pause(double amplitude, bool told, OpusMode mode = OpusMode::audio) {
        EncoderSettings settings;
        settings.opus_mode = mode;
        const auto encoder = make_encoder(Codec::opus, settings);
        test::Tone loud(440);
        test::Tone soft(300, amplitude);
        Feeder feeder;
        std::vector<std::uint8_t> payload(kMaxPayloadBytes);
        for (int i = 0; i < 125; ++i) {
            const bool quiet = i >= 25 && i < 100;
            const Block block = quiet ? soft.block() : loud.block();
            const int bytes = encoder->encode(block, payload);
            feeder.give(111, {payload.data(), static_cast<std::size_t>(bytes)}, told && quiet);
            ++feeder.sequence;
            feeder.timestamp += 960;
            kinds.push_back(feeder.tick());
            const auto sound = feeder.block.view();
            heard.insert(heard.end(), sound.begin(), sound.end());
        }
        passed_over = feeder.receiver.stats().passed_over;
    }

    // After the pause, the packet in which it ended left out.
    std::span<const std::int16_t> after() const { return std::span(heard).subspan(103 * kTickSamples); }

    std::vector<BlockKind> kinds;
    test::Samples heard;
    std::uint64_t passed_over = 0;
};

}  // namespace

TEST_CASE("receiver: packets that show or say that there is nothing to hear are not decoded, and the next is whole") {
    const Pause decoded(0.0005, false);
    CHECK(decoded.passed_over == 0);
    const Pause flagged(0, false);
    const Pause told(0.0005, true);
    const Pause speech_mode(0.0005, true, OpusMode::voip);
    for (const Pause* pause : {&flagged, &told, &speech_mode}) {
        CHECK(pause->passed_over >= 45);
        CHECK(pause->kinds[70] == BlockKind::silent);
        CHECK(pause->kinds.back() == BlockKind::real);
        CHECK(test::distortion_db(pause->after(), 440) < test::distortion_db(decoded.after(), 440) + 6);
        CHECK(test::largest_step(pause->heard) < 1.25 * test::largest_step(decoded.heard));
    }
}

TEST_CASE("receiver: who calls speech quiet is heard all the same") {
    const Pause lie(0.25, true);
    CHECK(lie.passed_over == 0);
    CHECK(std::ranges::count(lie.kinds, BlockKind::silent) < 5);
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
