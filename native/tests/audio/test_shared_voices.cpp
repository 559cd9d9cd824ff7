#include "audio/shared_voices.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <string>

#include "audio/resampler.hpp"
#include "audio/signal.hpp"

namespace cms::audio {
namespace {

constexpr double kToneHz = 440;
constexpr double kAmplitude = 0.25;

// One who listens, and talks now and then: what its peer's decoder makes of all it is sent.
struct Listener {
    explicit Listener(const VoiceKey& what) : key(what), own(what.codec, what.settings), decoder(make_decoder(what.codec)) {}

    void take(const OutgoingPayload& packet, std::uint32_t tick_offset) {
        const auto rate = codec_rate(key.codec);
        test::Samples part(static_cast<std::size_t>(decoder->duration(packet.payload()) / rate_ratio(rate)));
        decoder->decode(packet.payload(), part);
        heard.insert(heard.end(), part.begin(), part.end());
        offsets.push_back(packet.timestamp_offset - tick_offset);
    }

    VoiceKey key;
    Ear ear;
    AudioSender own;
    std::unique_ptr<Decoder> decoder;
    test::Samples heard;
    std::vector<std::uint32_t> offsets;  // of packets against their tick
    std::function<bool(int tick)> talks = [](int) { return false; };
    std::function<bool(int tick)> held = [](int) { return false; };
};

// A room in which somebody outside says a tone, with a pause in every second.
struct Room {
    explicit Room(VoiceKey what, int listeners = 3) : key(what) {
        for (int i = 0; i < listeners; ++i) legs.emplace_back(key);
    }

    void run(int ticks) {
        for (; ticks > 0; --ticks, ++tick) step();
    }

    void step() {
        const Rate rate = codec_rate(key.codec);
        Sound said = test_tone(rate);
        const Sound nothing{rate, {}};
        mixer.begin();
        for (int i = 0; i < talkers && (!pauses || tick % 50 < 40); ++i) mixer.add(rate, said.samples.data());
        for (const Listener& leg : legs)
            if (leg.talks(tick)) mixer.add(rate, nothing.samples.data());
        mixer.expect(rate);
        mixer.join();
        voices.begin();
        for (Listener& leg : legs) {
            if (leg.held(tick))
                SharedVoices::leave(leg.ear, leg.own);
            else if (leg.talks(tick))
                SharedVoices::stay_away(leg.ear, leg.own);
            else
                voices.want(leg.ear, leg.own, leg.key);
        }
        voices.settle(mixer);
        speak(rate, nothing);
    }

    void speak(Rate rate, const Sound& nothing) {
        OutgoingPayload packet;
        for (const auto& voice : voices.voices()) {
            if (voice->listeners == 0) continue;
            ++encodes;
            voice->sender.push(voice->said.view(), voice->silent);
            while (voice->sender.next(packet))
                for (Listener& leg : legs)
                    if (leg.ear.voice == voice) leg.take(packet, voice->sender.tick_offset());
        }
        for (Listener& leg : legs) {
            if (leg.ear.voice || leg.held(tick)) continue;
            ++encodes;
            Sound out{rate, {}};
            const bool sounds = mixer.listen(rate, leg.talks(tick) ? nothing.samples.data() : nullptr, nullptr,
                                             leg.ear.limiter, out.samples.data());
            leg.own.push(out.view(), !sounds);
            while (leg.own.next(packet)) leg.take(packet, leg.own.tick_offset());
        }
    }

    static void fade(Block& block, int (*gain_of)(int)) {
        for (int i = 0; i < kTickSamples; ++i) {
            std::int16_t& value = block[static_cast<std::size_t>(i)];
            value = static_cast<std::int16_t>(value * gain_of(i) / kTickSamples);
        }
    }

    // Faded at both ends of a pause.
    Sound test_tone(Rate rate) {
        converter = converter.to() == rate ? converter : Converter(Rate::khz48, rate);
        Block block = tone.block();
        if (pauses && tick % 50 == 39) fade(block, [](int i) { return kTickSamples - i; });
        if (pauses && tick % 50 == 0) fade(block, [](int i) { return i; });
        Sound sound{rate, {}};
        converter.process(block, sound.view());
        return sound;
    }

    int sharing() const {
        return static_cast<int>(std::ranges::count_if(legs, [](const Listener& leg) { return leg.ear.voice != nullptr; }));
    }

    VoiceKey key;
    std::deque<Listener> legs;
    SharedVoices voices;
    RoomMixer mixer;
    test::Tone tone{kToneHz, kAmplitude};
    Converter converter{Rate::khz48, Rate::khz48};
    bool pauses = false;
    int talkers = 1;  // who all say the same
    int tick = 0;
    int encodes = 0;
};

constexpr std::array kAll{Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus};

// From 0.4 s on.
std::span<const std::int16_t> settled(const Listener& leg) {
    return std::span(leg.heard).subspan(static_cast<std::size_t>(rate_hz(codec_rate(leg.key.codec)) * 2 / 5));
}

// Windows of 10 ms, against each of which the tone is fitted: the worst distortion of all that hold the tone.
double worst_distortion_db(const Listener& leg) {
    const int hz = rate_hz(codec_rate(leg.key.codec));
    const auto window = static_cast<std::size_t>(hz / 40);
    const auto sound = settled(leg);
    double worst = -200;
    for (std::size_t at = 0; at + window <= sound.size(); at += window / 4) {
        const auto part = sound.subspan(at, window);
        worst = std::max(worst, test::distortion_db(part, kToneHz, hz));
    }
    return worst;
}

}  // namespace

TEST_CASE("shared voices: all who only listen are spoken to by one encoder") {
    for (const Codec codec : kAll) {
        CAPTURE(std::string(codec_name(codec)));
        Room room({codec, {}}, 20);
        room.pauses = codec == Codec::g722;
        room.run(100);
        CHECK(room.sharing() == 20);
        room.encodes = 0;
        room.run(10);
        CHECK(room.encodes == 10);
        // In G.722 each had an encoder of its own until the first pause.
        if (codec == Codec::g722) continue;
        for (const Listener& leg : room.legs) CHECK(leg.heard == room.legs.front().heard);
    }
}

TEST_CASE("shared voices: who talks and listens again hears no gap and no click") {
    for (const Codec codec : kAll)
        for (const int ms : {10, 20}) {
            CAPTURE(std::string(codec_name(codec)));
            CAPTURE(ms);
            VoiceKey key{codec, {}};
            key.settings.packet_time_ms = ms;
            Room room(key);
            Room alone(key, 1);
            // G.722 comes back in pauses only, so its tone has some; in the steady one it stays private.
            room.legs[0].talks = [](int tick) { return tick >= 60 && tick < 90; };
            room.legs[1].talks = [](int tick) { return tick >= 70 && tick < 75; };
            room.run(400);
            alone.run(400);
            CHECK(room.sharing() == (codec == Codec::g722 ? 1 : 3));
            for (const Listener& leg : room.legs) {
                CHECK(leg.heard.size() == alone.legs[0].heard.size());
                CHECK(worst_distortion_db(leg) < worst_distortion_db(alone.legs[0]) + 6);
                CHECK(test::largest_step(settled(leg)) < 1.2 * test::largest_step(settled(alone.legs[0])));
            }
        }
}

TEST_CASE("shared voices: G.722 comes back in a pause, and its decoder is where the encoder is soon") {
    Room room({Codec::g722, {}});
    Room alone({Codec::g722, {}}, 1);
    room.pauses = alone.pauses = true;
    room.legs[0].talks = [](int tick) { return tick >= 60 && tick < 90; };
    room.run(90 + SharedVoices::kStayTicks);
    CHECK(room.sharing() == 2);
    room.run(310 - SharedVoices::kStayTicks);
    alone.run(400);
    CHECK(room.sharing() == 3);
    // Sample by sample the same within the coding noise, in the pauses too.
    const auto& steady = alone.legs[0].heard;
    double largest = 0;
    double noise = 0;
    for (std::size_t i = 16000 / 2; i < steady.size(); ++i) {
        const double error = room.legs[0].heard[i] - steady[i];
        largest = std::max(largest, std::abs(error));
        noise += error * error;
    }
    CHECK(10 * std::log10(noise / static_cast<double>(steady.size()) / (kAmplitude * kAmplitude * 32768 * 32768 / 2)) < -30);
    CHECK(largest < 0.1 * kAmplitude * 32768);
}

TEST_CASE("shared voices: timestamps go on at every change") {
    Room room({Codec::opus, {}});
    room.legs[0].talks = [](int tick) { return tick % 40 < 20; };
    room.run(400);
    // A packet of 20 ms begins where its tick does, whoever encoded it.
    for (const Listener& leg : room.legs) {
        CHECK(leg.offsets.size() == 400);
        CHECK(std::ranges::all_of(leg.offsets, [](auto offset) { return offset == 0; }));
    }
}

TEST_CASE("shared voices: other settings have other encoders, longer packets one each") {
    Room room({Codec::opus, {}}, 6);
    room.legs[2].key.settings.opus_bitrate_bps = room.legs[3].key.settings.opus_bitrate_bps = 20000;
    for (int leg : {4, 5}) {
        EncoderSettings slow;
        slow.packet_time_ms = 40;
        room.legs[static_cast<std::size_t>(leg)].key.settings = slow;
    }
    room.run(50);
    CHECK(room.legs[0].ear.voice == room.legs[1].ear.voice);
    CHECK(room.legs[2].ear.voice == room.legs[3].ear.voice);
    CHECK(room.legs[0].ear.voice != room.legs[2].ear.voice);
    CHECK(room.legs[4].ear.voice == nullptr);
    CHECK(room.sharing() == 4);
}

TEST_CASE("shared voices: a changed setting leaves the voice, a single listener has no use for one") {
    Room room({Codec::opus, {}}, 2);
    room.run(10);
    CHECK(room.sharing() == 2);
    room.legs[0].key.settings.expected_loss_percent = 5;
    room.run(1);
    CHECK(room.legs[0].ear.voice == nullptr);
    room.legs[1].held = [](int) { return true; };
    room.run(10);
    CHECK(room.sharing() == 0);
    room.voices.tidy();
    CHECK(room.voices.voices().empty());
}

TEST_CASE("shared voices: a limiter at work is taken along") {
    Room room({Codec::pcmu, {}});
    room.talkers = 6;
    room.legs[0].talks = [](int tick) { return tick >= 30 && tick < 40; };
    room.run(35);
    CHECK(room.legs[0].ear.voice == nullptr);
    CHECK(room.legs[0].ear.limiter.gain() == doctest::Approx(0.66).epsilon(0.02));
    room.run(65);
    CHECK(room.sharing() == 3);
    CHECK(room.legs[0].heard == room.legs[1].heard);
}

TEST_CASE("shared voices: in silence Opus with DTX says next to nothing, and the marker tells that it speaks again") {
    VoiceKey key{Codec::opus, {}};
    key.settings.opus_dtx = true;
    Room room(key);
    room.run(20);
    // Nobody says anything: the mix is empty.
    int packets = 0;
    for (int i = 0; i < 100; ++i) {
        room.mixer.begin();
        room.mixer.expect(Rate::khz48);
        room.mixer.join();
        room.voices.begin();
        for (Listener& leg : room.legs) room.voices.want(leg.ear, leg.own, leg.key);
        room.voices.settle(room.mixer);
        const auto& voice = room.voices.voices().front();
        CHECK(voice->silent);
        voice->sender.push(voice->said.view(), voice->silent);
        OutgoingPayload packet;
        while (voice->sender.next(packet)) ++packets;
    }
    // 200 ms of the tail, then one in 400 ms.
    CHECK(packets >= 13);
    CHECK(packets <= 15);
    const auto& voice = room.voices.voices().front();
    const Block tone = test::Tone(kToneHz).block();
    voice->sender.push(tone);
    OutgoingPayload packet;
    REQUIRE(voice->sender.next(packet));
    CHECK(packet.marker);
}

}  // namespace cms::audio
