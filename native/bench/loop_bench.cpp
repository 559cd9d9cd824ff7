// What a leg of audio costs the real-time thread, sockets and all: one room of N legs over loopback. Prints one JSON object.
//
// One figure is microseconds of the thread's CPU time per leg and tick of 20 ms, the mean of some seconds. The other ends are
// plain sockets on another thread. Loopback delivers on the sender's time: a network driver takes that place.
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "audio/codec.hpp"
#include "engine/clock.hpp"
#include "engine/engine.hpp"
#include "engine/socket_address.hpp"
#include "wire/rtp.hpp"

using namespace cms;

namespace {

constexpr double kTickS = audio::kTickMs / 1000.0;
constexpr int kPayloads = 100;  // of the voice, then it begins anew
// What a listener with Opus and DTX sends: a packet every 400 ms.
constexpr std::uint64_t kListenersTicks = 20;
constexpr int kSlices = 10;  // peers do not all send at once
constexpr double kWarmUpS = 1.5;

struct Case {
    audio::Codec codec;
    int legs;
    int talkers;
};

using Payloads = std::vector<std::vector<std::uint8_t>>;

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

std::uint16_t port_of(const engine::UdpSocket& socket) {
    sockaddr_storage bound{};
    socklen_t length = sizeof bound;
    ::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&bound), &length);
    return engine::read_address(bound).port;
}

session::Address local(int port) { return *session::Address::parse("127.0.0.1", static_cast<std::uint16_t>(port)); }

// The other end of one leg.
struct Peer {
    engine::UdpSocket socket{local(0)};
    sockaddr_in6 to{};
    bool talks = false;

    void send(const Payloads& payloads, std::uint64_t tick, std::uint32_t number, std::uint32_t timestamp_step) const {
        const auto& payload = payloads[(tick + number * 7) % payloads.size()];
        std::array<std::uint8_t, wire::kRtpHeaderBytes + audio::kMaxPayloadBytes> packet;
        const std::uint64_t sent = talks ? tick : tick / kListenersTicks;
        wire::RtpHeader{false, 96, static_cast<std::uint16_t>(sent), static_cast<std::uint32_t>(tick) * timestamp_step, number + 1}
            .write(packet);
        std::ranges::copy(payload, packet.begin() + wire::kRtpHeaderBytes);
        ::sendto(socket.fd(), packet.data(), wire::kRtpHeaderBytes + payload.size(), MSG_DONTWAIT,
                 reinterpret_cast<const sockaddr*>(&to), sizeof(sockaddr_in));
    }

    void drain() const {
        std::array<std::uint8_t, 2048> packet;
        while (::recv(socket.fd(), packet.data(), packet.size(), MSG_DONTWAIT) >= 0) {
        }
    }
};

// Everybody sends once per tick, a part of them every two milliseconds.
void run_peers(const std::stop_token& stop, const std::vector<Peer>& peers, audio::Codec codec) {
    const Payloads voice = sound(codec, 1);
    const Payloads silence = sound(codec, 0);
    const auto step = static_cast<std::uint32_t>(audio::rtp_clock_hz(codec) / (1000 / audio::kTickMs));
    double next_s = engine::monotonic_s();
    for (std::uint64_t slot = 0; !stop.stop_requested(); ++slot, next_s += kTickS / kSlices) {
        const timespec until = engine::timespec_of(next_s);
        ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
        const std::uint64_t tick = slot / kSlices;
        for (std::size_t i = slot % kSlices; i < peers.size(); i += kSlices) {
            peers[i].drain();
            if (peers[i].talks || (tick + i) % kListenersTicks == 0)
                peers[i].send(peers[i].talks ? voice : silence, tick, static_cast<std::uint32_t>(i), step);
        }
    }
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
        engine.set_audio(leg.id, settings(what, port_of(peers[i].socket)), 1);
    }
    engine.start();
    const std::jthread others([&](const std::stop_token& stop) { run_peers(stop, peers, what.codec); });
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
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
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
