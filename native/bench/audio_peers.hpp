// The other ends of audio legs, for benchmarks: plain UDP sockets of loopback that send what they are given, on a thread.
#pragma once

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "audio/codec.hpp"
#include "engine/clock.hpp"
#include "engine/socket_address.hpp"
#include "engine/udp_socket.hpp"
#include "wire/rtp.hpp"

namespace cms::bench {

inline constexpr double kTickS = audio::kTickMs / 1000.0;
// What a listener with Opus and DTX sends: a packet every 400 ms.
inline constexpr std::uint64_t kListenersTicks = 20;
inline constexpr int kSlices = 10;  // peers do not all send at once

// One after the other, then anew.
using Payloads = std::vector<std::vector<std::uint8_t>>;

inline session::Address local(int port) { return *session::Address::parse("127.0.0.1", static_cast<std::uint16_t>(port)); }

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
inline void run_peers(const std::stop_token& stop, const std::vector<Peer>& peers, const Payloads& voice,
                      const Payloads& silence, std::uint32_t timestamp_step) {
    double next_s = engine::monotonic_s();
    for (std::uint64_t slot = 0; !stop.stop_requested(); ++slot, next_s += kTickS / kSlices) {
        const timespec until = engine::timespec_of(next_s);
        ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
        const std::uint64_t tick = slot / kSlices;
        for (std::size_t i = slot % kSlices; i < peers.size(); i += kSlices) {
            peers[i].drain();
            if (peers[i].talks || (tick + i) % kListenersTicks == 0)
                peers[i].send(peers[i].talks ? voice : silence, tick, static_cast<std::uint32_t>(i), timestamp_step);
        }
    }
}

// Each leg takes several sockets.
inline void open_as_many_files_as_allowed() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace cms::bench
