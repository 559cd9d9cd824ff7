// What a leg of audio costs the real-time thread, sockets and all: one room of N legs over loopback. Prints one JSON object.
//
// One figure is microseconds of the thread's CPU time per leg and tick of 20 ms, the mean of some seconds. The other ends are
// plain sockets on another thread. Loopback delivers on the sender's time: a network driver takes that place.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "audio/codec.hpp"
#include "bench/audio_peers.hpp"
#include "engine/engine.hpp"

using namespace cms;
using namespace cms::bench;

namespace {

constexpr int kPayloads = 100;  // of the voice, then it begins anew
constexpr double kWarmUpS = 1.5;

struct Case {
    audio::Codec codec;
    int legs;
    int talkers;
};

// A held vowel at -38 dBov, so that a hundred at once stay below full scale; or silence.
Payloads sound(audio::Codec codec, double gain) {
    const audio::Rate rate = audio::codec_rate(codec);
    const auto encoder = audio::make_encoder(codec, {});
    std::vector<std::int16_t> samples(static_cast<std::size_t>(audio::tick_samples(rate)));
    Payloads payloads;
    for (int tick = 0, at = 0; tick < kPayloads; ++tick) {
        for (std::int16_t& sample : samples) {
            const double t = 2 * std::numbers::pi * 150 * at++ / audio::rate_hz(rate);
            sample = static_cast<std::int16_t>(gain * (350 * std::sin(t) + 250 * std::sin(4 * t + 1) + 150 * std::sin(9 * t + 2)));
        }
        std::vector<std::uint8_t> payload(audio::kMaxPayloadBytes);
        payload.resize(static_cast<std::size_t>(encoder->encode(samples, payload)));
        payloads.push_back(std::move(payload));
    }
    return payloads;
}

session::AudioSettings settings(const Case& what, int port) {
    session::AudioSettings settings;
    settings.link.remote_rtp = settings.link.remote_rtcp = local(port);
    settings.link.rtcp_mux = what.codec == audio::Codec::opus;
    settings.sending = settings.receiving = true;
    settings.send_codec = what.codec;
    settings.send_payload_type = 96;
    settings.receive = {{96, what.codec}};
    settings.cname = "bench";
    return settings;
}

double measure(const Case& what, double seconds) {
    engine::Engine engine({20000, 29999, 30.0, 0});
    std::vector<Peer> peers(static_cast<std::size_t>(what.legs));
    for (std::size_t i = 0; i < peers.size(); ++i) {
        const engine::TransportInfo leg = engine.open_transport("127.0.0.1");
        engine::write_address(local(leg.rtp_port), peers[i].to);
        peers[i].talks = static_cast<int>(i) < what.talkers;
        engine.set_audio(leg.id, settings(what, peers[i].socket.local().port), 1);
    }
    engine.start();
    const Payloads voice = sound(what.codec, 1);
    const Payloads silence = sound(what.codec, 0);
    const auto step = static_cast<std::uint32_t>(audio::rtp_clock_hz(what.codec) / (1000 / audio::kTickMs));
    const std::jthread others([&](const std::stop_token& stop) { run_peers(stop, peers, voice, silence, step); });
    const auto wait = [](double time_s) { std::this_thread::sleep_for(std::chrono::duration<double>(time_s)); };
    wait(kWarmUpS);
    const engine::LoopStats before = engine.snapshot();
    wait(seconds);
    const engine::LoopStats after = engine.snapshot();
    return (after.busy_s - before.busy_s) * 1e6 / static_cast<double>(after.ticks - before.ticks) / what.legs;
}

}  // namespace

// Arguments: seconds for each case; then codec, legs and talkers of the only one, for a profiler.
int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 4;
    std::vector<Case> cases{{audio::Codec::pcmu, 500, 500}, {audio::Codec::pcmu, 100, 100},
                            {audio::Codec::opus, 200, 5}, {audio::Codec::opus, 100, 100}};
    if (argc > 4) cases = {{*audio::codec_by_name(argv[2]), std::atoi(argv[3]), std::atoi(argv[4])}};
    open_as_many_files_as_allowed();
    std::printf("{\"scenario\": \"loop\", \"us_per_leg_and_tick\": {");
    const char* before = "";
    for (const Case& one : cases) {
        const std::string name(audio::codec_name(one.codec));
        std::printf("%s\"%s, %d of %d talk\": %.2f", before, name.c_str(), one.talkers, one.legs, measure(one, seconds));
        std::fflush(stdout);
        before = ", ";
    }
    std::printf("}}\n");
    return 0;
}
