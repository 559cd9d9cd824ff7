// Two peers in virtual time with a seeded network between them: what sessions need to run without sockets or clocks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "session/rtp_session.hpp"

namespace cms::test {

struct Path {
    double delay_s = 0.02;
    double jitter_s = 0;
    double loss = 0;  // share of datagrams
};

struct HeardFault {
    session::Fault fault;
    session::Address peer;
};

struct HeardUnit {
    payload::VideoCodec codec;
    payload::AccessUnit unit;
};

// One end: its address, what it was told, and where its packets go.
class Peer final : public session::PacketSink, public session::SessionEvents {
public:
    struct Datagram {
        double arrival_s;
        session::Channel channel;
        session::Address to;
        std::vector<std::uint8_t> bytes;
    };

    explicit Peer(std::uint64_t seed) : random(seed) {}

    session::SessionWorld world(double silence_timeout_s = 30) {
        return {*this, *this, random, session::WallClock{1.7e9}, silence_timeout_s};
    }

    void send(session::Channel channel, session::Bytes packet, const session::Address& to) override {
        Datagram datagram{now_s, channel, to, {packet.begin(), packet.end()}};
        if (inspect) inspect(datagram);
        ++sent;
        if (std::uniform_real_distribution<double>(0, 1)(random) < path.loss) return;
        datagram.arrival_s += path.delay_s + std::uniform_real_distribution<double>(0, path.jitter_s)(random);
        out.push_back(std::move(datagram));
    }

    void settle(const std::optional<session::Address>& peer) override { settled.push_back(peer); }
    void on_access_unit(payload::VideoCodec codec, payload::AccessUnit& unit) override { units.push_back({codec, unit}); }
    void on_key_frame_request() override { key_frame_requests_s.push_back(now_s); }
    void on_digit(char digit) override { digits += digit; }
    void on_fault(session::Fault fault, const session::Address& peer) override { faults.push_back({fault, peer}); }
    void on_silence(bool silent) override { silences.push_back(silent); }

    session::Random random;
    Path path;
    double now_s = 0;
    std::vector<Datagram> out;  // under way
    std::size_t sent = 0;
    std::function<void(Datagram&)> inspect;
    std::vector<std::optional<session::Address>> settled;  // what the sink was told

    std::vector<HeardUnit> units;
    std::vector<double> key_frame_requests_s;
    std::string digits;
    std::vector<HeardFault> faults;
    std::vector<bool> silences;
};

inline session::Address address(const char* host, std::uint16_t port) { return *session::Address::parse(host, port); }

// Where each end is in these tests.
inline const session::Address kLeft = address("192.0.2.1", 5000);
inline const session::Address kRight = address("192.0.2.2", 6000);

inline session::LinkSettings link_to(const session::Address& remote) {
    session::LinkSettings settings;
    settings.remote_rtp = remote;
    settings.remote_rtcp = remote;
    settings.rtcp_mux = true;
    return settings;
}

// Hands over what has arrived by now, in order of arrival.
inline void deliver(Peer& from, const session::Address& source, session::RtpSession& to, double now_s) {
    std::vector<Peer::Datagram> due;
    std::erase_if(from.out, [&](Peer::Datagram& datagram) {
        if (datagram.arrival_s > now_s) return false;
        due.push_back(std::move(datagram));
        return true;
    });
    std::stable_sort(due.begin(), due.end(), [](const auto& a, const auto& b) { return a.arrival_s < b.arrival_s; });
    for (Peer::Datagram& datagram : due) to.on_packet(datagram.channel, datagram.bytes, source, now_s);
}

}  // namespace cms::test
