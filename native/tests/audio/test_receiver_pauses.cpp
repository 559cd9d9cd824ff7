// What the receiver neither decodes nor makes up because there is nothing to hear in it.
#include <doctest/doctest.h>

#include <algorithm>

#include "audio/feeder.hpp"
#include "audio/signal.hpp"

namespace cms::audio {
namespace {

using test::Feeder;

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

TEST_CASE("receiver: what does not come after silence is silence, and nothing is made up") {
    Feeder feeder;
    const auto encoder = make_encoder(Codec::opus, {});
    std::vector<std::uint8_t> payload(kMaxPayloadBytes);
    const auto say = [&](const Block& block) {
        const int bytes = encoder->encode(block, payload);
        feeder.give(111, {payload.data(), static_cast<std::size_t>(bytes)});
        ++feeder.sequence;
        feeder.timestamp += 960;
        return feeder.tick();
    };
    test::Tone tone(440);
    for (int i = 0; i < 10; ++i) say(tone.block());
    for (int i = 0; i < 20; ++i) say(Block{});  // the encoder says so after 13
    const auto made_up_before = feeder.receiver.stats().concealed_ticks;
    feeder.tick();  // the rest of what waited
    for (int i = 0; i < 15; ++i) CHECK(feeder.tick() == BlockKind::silent);
    feeder.timestamp += 16 * 960;
    say(tone.block());
    say(tone.block());
    CHECK(say(tone.block()) == BlockKind::real);
    CHECK(feeder.receiver.stats().concealed_ticks == made_up_before);
}

}  // namespace cms::audio
