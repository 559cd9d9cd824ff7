#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <string>

#include "audio/codec.hpp"
#include "audio/level.hpp"
#include "audio/signal.hpp"

namespace cms::audio {
namespace {

using test::Samples;

constexpr std::array kAll{Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus};

int rate_hz(Codec codec) { return audio::rate_hz(codec_rate(codec)); }

// 20 ms.
std::size_t tick_of(Codec codec) { return static_cast<std::size_t>(tick_samples(codec_rate(codec))); }

struct Packets {
    std::vector<std::vector<std::uint8_t>> payloads;
    int samples;
};

Packets encode(Codec codec, const Samples& sound, EncoderSettings settings = {}) {
    const auto encoder = make_encoder(codec, settings);
    Packets out{{}, settings.packet_time_ms * rate_hz(codec) / 1000};
    const auto step = static_cast<std::size_t>(out.samples);
    for (std::size_t at = 0; at + step <= sound.size(); at += step) {
        std::vector<std::uint8_t> payload(kMaxPayloadBytes);
        const int bytes = encoder->encode({sound.data() + at, step}, payload);
        payload.resize(static_cast<std::size_t>(bytes));
        out.payloads.push_back(payload);
    }
    return out;
}

Samples decode(Codec codec, const Packets& packets) {
    const auto decoder = make_decoder(codec);
    Samples sound;
    for (const auto& payload : packets.payloads) {
        Samples part(static_cast<std::size_t>(decoder->duration(payload) / rate_ratio(codec_rate(codec))));
        CHECK(decoder->decode(payload, part) == static_cast<int>(part.size()));
        sound.insert(sound.end(), part.begin(), part.end());
    }
    return sound;
}

// A pulsing tone in noise: libopus adds redundancy only to what it takes for a voice.
Samples voice_like(int samples) {
    std::mt19937 random(3);
    Samples sound = test::sine(200, samples);
    for (std::size_t i = 0; i < sound.size(); ++i) {
        const double pulse = 0.6 + 0.4 * std::sin(2 * std::numbers::pi * 4 * static_cast<double>(i) / kSampleRateHz);
        sound[i] = static_cast<std::int16_t>(sound[i] * pulse + static_cast<double>(random() % 2000) - 1000);
    }
    return sound;
}

}  // namespace

TEST_CASE("codec: found by name in any case, unknown names are refused") {
    CHECK(codec_by_name("PCMU") == Codec::pcmu);
    CHECK(codec_by_name("pcma") == Codec::pcma);
    CHECK(codec_by_name("g722") == Codec::g722);
    CHECK(codec_by_name("OPUS") == Codec::opus);
    CHECK_FALSE(codec_by_name("G729"));
    for (const Codec codec : kAll) CHECK(codec_by_name(codec_name(codec)) == codec);
    CHECK(rtp_clock_hz(Codec::g722) == 8000);
    CHECK(rtp_clock_hz(Codec::opus) == 48000);
}

TEST_CASE("codec: a 1 kHz tone survives every codec at every packet time") {
    for (const Codec codec : kAll)
        for (const int ms : {10, 20, 30, 40, 60}) {
            if (packet_time_ms(codec, ms) != ms) continue;
            CAPTURE(std::string(codec_name(codec)));
            CAPTURE(ms);
            EncoderSettings settings;
            settings.packet_time_ms = ms;
            const int hz = rate_hz(codec);
            const Samples tone = test::sine(1000, 12 * hz / 5, 0.25, hz);
            const Samples heard = decode(codec, encode(codec, tone, settings));
            CHECK(heard.size() == tone.size());
            const auto middle = std::span(heard).subspan(static_cast<std::size_t>(hz / 2), static_cast<std::size_t>(hz));
            CHECK(test::amplitude_at(middle, 1000, hz) == doctest::Approx(0.25).epsilon(0.05));
            CHECK(test::distortion_db(middle, 1000, hz) < -25);
        }
}

TEST_CASE("codec: packet times that a codec does not have become 20 ms") {
    CHECK(packet_time_ms(Codec::opus, 30) == 20);
    CHECK(packet_time_ms(Codec::pcmu, 25) == 20);
    CHECK(packet_time_ms(Codec::pcmu, 30) == 30);
    EncoderSettings settings;
    settings.packet_time_ms = 25;
    CHECK(make_encoder(Codec::pcmu, settings) == nullptr);
}

TEST_CASE("codec: payload sizes are what RFC 3551 says") {
    for (const Codec codec : {Codec::pcmu, Codec::pcma, Codec::g722}) {
        const Samples tone = test::sine(1000, rate_hz(codec) / 10, 0.25, rate_hz(codec));
        for (const auto& payload : encode(codec, tone).payloads) CHECK(payload.size() == 160);
        CHECK(make_decoder(codec)->duration(std::vector<std::uint8_t>(961)) == 0);
    }
}

TEST_CASE("codec: concealment carries a tone over a lost packet and fades in a long loss") {
    for (const Codec codec : kAll) {
        CAPTURE(std::string(codec_name(codec)));
        const Samples tone = test::sine(400, rate_hz(codec), 0.25, rate_hz(codec));
        const Packets packets = encode(codec, tone);
        const auto decoder = make_decoder(codec);
        Samples part(tick_of(codec));
        for (std::size_t i = 0; i < 25; ++i) decoder->decode(packets.payloads[i], part);
        decoder->conceal(part);
        CHECK(test::amplitude_at(std::span(part).first(part.size() / 2), 400, rate_hz(codec)) > 0.12);
        for (int i = 0; i < 5; ++i) decoder->conceal(part);
        CHECK(rms_dbov(part) == kSilenceDbov);
    }
}

TEST_CASE("opus: in-band redundancy brings lost packets back, but only when loss is expected") {
    const Samples voice = voice_like(100 * kTickSamples);
    EncoderSettings settings;
    settings.opus_fec = true;
    for (const int expected_loss : {0, 20}) {
        settings.expected_loss_percent = expected_loss;
        const Packets packets = encode(Codec::opus, voice, settings);
        const auto decoder = make_decoder(Codec::opus);
        Samples part(kTickSamples);
        int recovered = 0;
        for (std::size_t i = 0; i + 1 < packets.payloads.size(); i += 2) {
            decoder->decode(packets.payloads[i], part);
            if (!decoder->recover(packets.payloads[i + 1], part)) continue;
            ++recovered;
            CHECK(rms_dbov(part) > -30);
        }
        CHECK((expected_loss > 0 ? recovered > 20 : recovered == 0));
    }
}

TEST_CASE("opus: DTX sends nearly nothing in silence") {
    EncoderSettings settings;
    settings.opus_dtx = true;
    settings.opus_mode = OpusMode::voip;
    settings.opus_bitrate_bps = 24000;
    const Packets packets = encode(Codec::opus, Samples(100 * kTickSamples), settings);
    int sent = 0;
    for (const auto& payload : packets.payloads) sent += payload.empty() ? 0 : 1;
    CHECK(sent < 40);
}

TEST_CASE("codec: any bytes are decoded or refused, and duration foretells the samples") {
    std::mt19937 random(7);
    for (const Codec codec : kAll) {
        const auto decoder = make_decoder(codec);
        CHECK(decoder->duration({}) == 0);
        for (int round = 0; round < 1000; ++round) {
            std::vector<std::uint8_t> payload(random() % 200 + 1);
            for (auto& byte : payload) byte = static_cast<std::uint8_t>(random());
            const int samples = decoder->duration(payload);
            REQUIRE(samples >= 0);
            REQUIRE(samples <= kMaxPacketSamples);
            Samples part(static_cast<std::size_t>(samples / rate_ratio(codec_rate(codec))));
            const int decoded = decoder->decode(payload, part);
            REQUIRE((decoded == 0 || decoded == static_cast<int>(part.size())));
            Samples lost(tick_of(codec));
            decoder->recover(payload, lost);
            decoder->conceal(lost);
        }
    }
}

}  // namespace cms::audio
