#include <doctest/doctest.h>

#include <random>

#include "audio/level.hpp"
#include "audio/signal.hpp"

namespace cms::audio {

TEST_CASE("level: dBov as RFC 6465 has it") {
    CHECK(rms_dbov(test::sine(1000, 48000, 1.0)) == doctest::Approx(-3.01).epsilon(0.01));
    CHECK(rms_dbov(test::sine(1000, 48000, 0.1)) == doctest::Approx(-23.01).epsilon(0.01));
    CHECK(rms_dbov(test::Samples(960, -32768)) == 0.0F);
    CHECK(rms_dbov(test::Samples(960, 0)) == kSilenceDbov);
    CHECK(rms_dbov({}) == kSilenceDbov);
}

TEST_CASE("level: the smoothed level follows within 200 ms") {
    LevelMeter meter;
    test::Tone tone(1000, 0.1);
    for (int i = 0; i < 10; ++i) meter.update(tone.block());
    CHECK(meter.smoothed_dbov() > -25.1F);
    CHECK(meter.smoothed_dbov() < -24.5F);
    for (int i = 0; i < 50; ++i) meter.update_silent();
    CHECK(meter.dbov() == kSilenceDbov);
    CHECK(meter.smoothed_dbov() < -44.0F);
}

TEST_CASE("level: a voice is speaking, background noise is not") {
    std::mt19937 random(1);
    LevelMeter meter;
    Block noise;
    for (int i = 0; i < 100; ++i) {
        for (auto& sample : noise) sample = static_cast<std::int16_t>(static_cast<int>(random() % 201) - 100);
        meter.update(noise);
    }
    CHECK_FALSE(meter.speaking());
    test::Tone voice(300, 0.1);
    for (int i = 0; i < 5; ++i) meter.update(voice.block());
    CHECK(meter.speaking());
    for (int i = 0; i < 10; ++i) meter.update(noise);
    CHECK(meter.speaking());
    for (int i = 0; i < 100; ++i) meter.update(noise);
    CHECK_FALSE(meter.speaking());
}

TEST_CASE("level: what is too quiet to be mixed is known from the first block on, with a hangover") {
    LevelMeter meter;
    test::Tone hiss(1000, 0.0005);
    test::Tone whisper(1000, 0.01);
    meter.update(hiss.block());
    CHECK_FALSE(meter.audible());
    meter.update(whisper.block());
    CHECK(meter.audible());
    for (int i = 0; i < 14; ++i) meter.update(hiss.block());
    CHECK(meter.audible());
    meter.update(hiss.block());
    CHECK_FALSE(meter.audible());
}

TEST_CASE("level: a long steady sound is still somebody speaking") {
    LevelMeter meter;
    test::Tone tone(1000, 0.1);
    for (int i = 0; i < 3000; ++i) meter.update(tone.block());
    CHECK(meter.speaking());
}

}  // namespace cms::audio
