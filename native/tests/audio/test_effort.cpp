#include "audio/effort.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "audio/codec.hpp"
#include "audio/sender.hpp"
#include "audio/signal.hpp"

namespace cms::audio {
namespace {

// What a tone sounds like after an encoder whose complexity follows `encoders` of tick.
double distortion_db(int (*encoders)(int tick)) {
    AudioSender sender(Codec::opus, {});
    const auto decoder = make_decoder(Codec::opus);
    test::Tone tone(1000);
    test::Samples heard;
    for (int tick = 0; tick < 100; ++tick) {
        sender.set_complexity(complexity_for(encoders(tick)));
        const Block said = tone.block();
        sender.push(said);
        OutgoingPayload packet;
        while (sender.next(packet)) {
            test::Samples part(kTickSamples);
            decoder->decode(packet.payload(), part);
            heard.insert(heard.end(), part.begin(), part.end());
        }
    }
    return test::distortion_db(std::span(heard).subspan(20 * kTickSamples), 1000);
}

}  // namespace

TEST_CASE("effort: falls with the number of encoders, and never below what libopus takes") {
    int before = kFullComplexity;
    for (int encoders = 0; encoders < 3000; ++encoders) {
        const int complexity = complexity_for(encoders);
        CHECK(complexity <= before);
        CHECK(complexity >= 0);
        before = complexity;
    }
    CHECK(complexity_for(5) == kFullComplexity);
    CHECK(complexity_for(100) == 0);
}

TEST_CASE("effort: a tone stays a tone at the least, and while it changes") {
    CHECK(distortion_db([](int) { return 1; }) < -35);
    CHECK(distortion_db([](int) { return 1000; }) < -30);
    CHECK(distortion_db([](int tick) { return tick / 5 % 2 * 1000; }) < -30);
}

}  // namespace cms::audio
