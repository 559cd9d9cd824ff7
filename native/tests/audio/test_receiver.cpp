// The receiver behind a network in virtual time: what is heard of a tone.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "audio/level.hpp"
#include "audio/network.hpp"

namespace cms::audio {
namespace {

using test::Recording;
using test::kAmplitude;
using test::NetworkSettings;

constexpr std::array kAll{Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus};

int count(const Recording& heard, BlockKind kind) { return static_cast<int>(std::ranges::count(heard.kinds, kind)); }

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
            const Recording heard = test::run(settings);
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
        const Recording heard = test::run(settings);
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
            const Recording heard = test::run(settings);
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
        const Recording heard = test::run(settings);
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
        const Recording heard = test::run(settings);
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
    const Recording heard = test::run(settings);
    CHECK(heard.delay_ms[500] > 60);
    CHECK(heard.delay_ms.back() < 45);
}

TEST_CASE("receiver: a lost packet is made up without moving what follows") {
    for (const Codec codec : kAll) {
        CAPTURE(std::string(codec_name(codec)));
        NetworkSettings settings;
        settings.codec = codec;
        settings.delay_s = [](int n) { return n % 25 == 24 ? std::nullopt : std::optional(0.0); };
        const Recording heard = test::run(settings);
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
    const Recording heard = test::run(settings);
    CHECK(test::amplitude_at(heard.since(1), 1000) > 0.6 * kAmplitude);
    CHECK(count(heard, BlockKind::silent) < 5);
    CHECK(heard.jitter.delay_ms < 45);
}

TEST_CASE("receiver: a long loss fades out to silence, not to a stuck tone") {
    NetworkSettings settings;
    settings.seconds = 4;
    settings.delay_s = [](int n) { return n >= 50 && n < 100 ? std::nullopt : std::optional(0.0); };
    const Recording heard = test::run(settings);
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
    const Recording heard = test::run(settings);
    CHECK(heard.jitter.lost >= 40);
    CHECK(heard.stats.recovered_packets >= 20);
    CHECK(heard.jitter.late == 0);
}

TEST_CASE("receiver: pauses of the sender are silence, and speech after them is whole") {
    NetworkSettings settings;
    settings.seconds = 12;
    settings.pauses = [](double t) { return std::fmod(t, 2.0) >= 1.0; };
    const Recording heard = test::run(settings);
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
    const Recording heard = test::run(settings);
    CHECK(test::longest_gap_ms(heard.since(2), 1000, kAmplitude) == 0);
    CHECK(heard.jitter.lost == 0);
}

TEST_CASE("receiver: a jam of a second does not leave a second of delay") {
    NetworkSettings settings;
    settings.seconds = 20;
    settings.delay_s = [](int n) { return std::optional(n >= 100 && n < 150 ? (150 - n) * 0.02 + n * 1e-6 : 0.0); };
    const Recording heard = test::run(settings);
    CHECK(heard.jitter.overflowed > 20);
    CHECK(heard.delay_ms[300] < 280);
    CHECK(heard.delay_ms.back() < 50);
    CHECK(test::longest_gap_ms(heard.since(5), 1000, kAmplitude) == 0);
}

TEST_CASE("receiver: a longer route in mid-call costs a moment, not the rest of the call") {
    NetworkSettings settings;
    settings.seconds = 20;
    settings.delay_s = [](int n) { return std::optional(n < 250 ? 0.0 : 0.3); };
    const Recording heard = test::run(settings);
    CHECK(test::longest_gap_ms(heard.since(7), 1000, kAmplitude) == 0);
    CHECK(heard.delay_ms.back() < 45);
}

}  // namespace cms::audio
