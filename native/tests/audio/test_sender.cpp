#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "audio/resampler.hpp"
#include "audio/sender.hpp"
#include "audio/signal.hpp"

namespace cms::audio {
namespace {

struct Sent {
    std::size_t bytes;
    std::uint32_t timestamp;
    bool marker;
};

std::vector<Sent> send(AudioSender& sender, int ticks, double amplitude = 0.25) {
    test::Tone tone(1000, amplitude);
    Converter converter(Rate::khz48, sender.rate());
    Sound sound{sender.rate(), {}};
    std::vector<Sent> sent;
    for (int i = 0; i < ticks; ++i) {
        converter.process(tone.block(), sound.view());
        sender.push(sound.view());
        OutgoingPayload out;
        while (sender.next(out)) sent.push_back({out.payload().size(), out.timestamp_offset, out.marker});
    }
    return sent;
}

}  // namespace

TEST_CASE("sender: packet times, sizes, timestamps and the marker of the first packet") {
    for (const Codec codec : {Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus})
        for (const int ms : {10, 20, 30, 40, 60}) {
            CAPTURE(std::string(codec_name(codec)));
            CAPTURE(ms);
            EncoderSettings settings;
            settings.packet_time_ms = ms;
            AudioSender sender(codec, settings);
            const int real_ms = packet_time_ms(codec, ms);
            const auto sent = send(sender, 60);
            REQUIRE(sent.size() == static_cast<std::size_t>(1200 / real_ms));
            for (std::size_t i = 0; i < sent.size(); ++i) {
                const auto step = static_cast<std::size_t>(rtp_clock_hz(codec) / 1000 * real_ms);
                CHECK(sent[i].timestamp == i * step);
                CHECK(sent[i].marker == (i == 0));
                if (codec != Codec::opus) CHECK(sent[i].bytes == static_cast<std::size_t>(8 * real_ms));
            }
        }
}

TEST_CASE("sender: after hold the timestamp has gone on and the marker is set") {
    AudioSender sender(Codec::pcmu, {});
    send(sender, 5);
    for (int i = 0; i < 10; ++i) sender.skip();
    const auto sent = send(sender, 2);
    CHECK(sent[0].timestamp == 15 * 160);
    CHECK(sent[0].marker);
    CHECK_FALSE(sent[1].marker);
}

TEST_CASE("sender: with DTX silence is mostly not sent, and speech begins with a marker") {
    EncoderSettings settings;
    settings.opus_dtx = true;
    settings.opus_mode = OpusMode::voip;
    settings.opus_bitrate_bps = 24000;
    AudioSender sender(Codec::opus, settings);
    CHECK(send(sender, 100, 0.0).size() < 40);
    const auto sent = send(sender, 20);
    CHECK(sent.size() >= 19);
    CHECK(sent[0].marker);
    CHECK(sent.back().timestamp == 119 * 960);
}

TEST_CASE("sender: packets that nobody takes are dropped, not piled up") {
    AudioSender sender(Codec::pcmu, {});
    const Sound silence{sender.rate(), {}};
    for (int i = 0; i < 100; ++i) sender.push(silence.view());
    OutgoingPayload out;
    int packets = 0;
    while (sender.next(out)) ++packets;
    CHECK(packets <= 4);
    CHECK(out.timestamp_offset == 99 * 160);
}

}  // namespace cms::audio
