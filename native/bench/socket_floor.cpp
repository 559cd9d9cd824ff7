// What the system calls alone cost a leg of audio: bare sockets that take and send as many packets as a bridge must, one
// socket a leg, and nothing in between. Prints one JSON object.
//
// Arguments: legs (100), how many of them talk (all), bytes of a payload (160), seconds (4). The figure is the thread's CPU time; it sleeps between
// ticks, is urgent and has the first processor, as the engine's. The other ends are a second thread.
#include <pthread.h>
#include <sched.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "bench/audio_peers.hpp"

using namespace cms;
using namespace cms::bench;

namespace {

constexpr int kPriority = 10;
constexpr int kWarmUpTicks = 25;

void take_first_processor() {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(0, &cpus);
    pthread_setaffinity_np(pthread_self(), sizeof cpus, &cpus);
    sched_param parameter{};
    parameter.sched_priority = kPriority;
    pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameter);
}

struct Leg {
    engine::UdpSocket socket{local(0)};
    sockaddr_in6 to{};
    bool talks = false;

    // With sender and time, which a jitter buffer and symmetric RTP need.
    void take() const {
        static std::array<std::uint8_t, 2048> packet;
        static std::array<std::uint8_t, 64> aside;
        sockaddr_storage from{};
        iovec vector{packet.data(), packet.size()};
        msghdr header{&from, sizeof from, &vector, 1, aside.data(), aside.size(), 0};
        ::recvmsg(socket.fd(), &header, MSG_DONTWAIT);
    }

    void send(std::size_t bytes) const {
        static const std::array<std::uint8_t, 2048> packet{};
        ::sendto(socket.fd(), packet.data(), bytes, MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&to),
                 sizeof(sockaddr_in));
    }
};

// CPU seconds of the ticks after the first few.
double run(const std::vector<Leg>& legs, std::size_t bytes, int ticks) {
    double begun_s = 0;
    double next_s = engine::monotonic_s();
    for (int tick = -kWarmUpTicks; tick < ticks; ++tick, next_s += kTickS) {
        const timespec until = engine::timespec_of(next_s);
        ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
        if (tick == 0) begun_s = engine::seconds_of(CLOCK_THREAD_CPUTIME_ID);
        for (std::size_t i = 0; i < legs.size(); ++i) {
            if (legs[i].talks || (static_cast<std::size_t>(tick + kWarmUpTicks) + i) % kListenersTicks == 0) legs[i].take();
        }
        for (const Leg& leg : legs) leg.send(wire::kRtpHeaderBytes + bytes);
    }
    return engine::seconds_of(CLOCK_THREAD_CPUTIME_ID) - begun_s;
}

}  // namespace

int main(int argc, char** argv) {
    const auto count = static_cast<std::size_t>(argc > 1 ? std::atoi(argv[1]) : 100);
    const auto talkers = argc > 2 ? static_cast<std::size_t>(std::atoi(argv[2])) : count;
    const auto bytes = static_cast<std::size_t>(argc > 3 ? std::atoi(argv[3]) : 160);
    const int ticks = static_cast<int>((argc > 4 ? std::atof(argv[4]) : 4) / kTickS);
    open_as_many_files_as_allowed();
    std::vector<Leg> legs(count);
    std::vector<Peer> peers(count);
    for (std::size_t i = 0; i < count; ++i) {
        legs[i].talks = peers[i].talks = i < talkers;
        legs[i].socket.stamp_arrivals();
        engine::write_address(peers[i].socket.local(), legs[i].to);
        engine::write_address(legs[i].socket.local(), peers[i].to);
    }
    const Payloads payload{std::vector<std::uint8_t>(bytes)};
    const std::jthread others([&](const std::stop_token& stop) { run_peers(stop, peers, payload, payload, 160); });
    take_first_processor();
    const double cpu_s = run(legs, bytes, ticks);
    const double ms_per_leg_s = cpu_s * 1000 / (ticks * kTickS) / static_cast<double>(count);
    std::printf("{\"scenario\": \"socket_floor\", \"legs\": %zu, \"cpu_ms_per_leg_s\": %.4f, \"legs_per_core\": %.0f}\n", count,
                ms_per_leg_s, 1000 / ms_per_leg_s);
    return 0;
}
