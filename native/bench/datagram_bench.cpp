// What datagrams cost the sending and the receiving thread over loopback: plain sendto and recvfrom as the floor, then rows
// and trains as the engine sends and takes them, bare and with SRTP. Prints one JSON object.
//
// One figure is nanoseconds of this thread's CPU time per packet, the best of seven runs. A picture is seven packets of 1203
// bytes: 720p at 2 Mbit/s and 30 pictures/s. Loopback delivers on the sender's time: a network driver takes that place.
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <vector>

#include "engine/clock.hpp"
#include "engine/datagram_sender.hpp"
#include "engine/receive_batch.hpp"
#include "engine/socket_address.hpp"
#include "engine/udp_socket.hpp"
#include "wire/rtp.hpp"
#include "wire/srtp.hpp"

using namespace cms;

namespace {

constexpr int kRuns = 7;
constexpr std::size_t kPictures = 40;  // at once; fits the socket's buffer
constexpr std::size_t kRounds = 25;
constexpr std::size_t kPackets = 7;
constexpr std::size_t kPacketBytes = wire::kRtpHeaderBytes + 1191;
constexpr double kPerRun = kRounds * kPictures * kPackets;

using Packet = std::vector<std::uint8_t>;

struct Ends {
    engine::UdpSocket left{*engine::Address::parse("127.0.0.1", 0)};
    engine::UdpSocket right{*engine::Address::parse("127.0.0.1", 0)};
    engine::Address to = right.local();
};

double cpu_s(const std::function<void()>& step) {
    const double begun_s = engine::seconds_of(CLOCK_THREAD_CPUTIME_ID);
    step();
    return engine::seconds_of(CLOCK_THREAD_CPUTIME_ID) - begun_s;
}

struct Cost {
    double out_ns = 1e18;
    double in_ns = 1e18;
};

// `send` sends one picture, `take` takes everything that waits and returns how many packets that were.
Cost cost(const std::function<void()>& send, const std::function<std::size_t()>& take) {
    Cost best;
    for (int run = 0; run < kRuns; ++run) {
        double out_s = 0;
        double in_s = 0;
        std::size_t taken = 0;
        for (std::size_t round = 0; round < kRounds; ++round) {
            out_s += cpu_s([&] {
                for (std::size_t i = 0; i < kPictures; ++i) send();
            });
            in_s += cpu_s([&] { taken += take(); });
        }
        if (taken != static_cast<std::size_t>(kPerRun)) std::fprintf(stderr, "only %zu packets arrived\n", taken);
        best.out_ns = std::min(best.out_ns, out_s * 1e9 / kPerRun);
        best.in_ns = std::min(best.in_ns, in_s * 1e9 / kPerRun);
    }
    return best;
}

Cost plain() {
    Ends ends;
    const Packet packet(kPacketBytes, 7);
    sockaddr_in6 to{};
    const socklen_t length = engine::write_address(ends.to, to);
    Packet buffer(2048);
    return cost(
        [&] {
            for (std::size_t i = 0; i < kPackets; ++i) {
                ::sendto(ends.left.fd(), packet.data(), packet.size(), MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&to),
                         length);
            }
        },
        [&] {
            sockaddr_in6 from{};
            std::size_t taken = 0;
            for (;; ++taken) {
                socklen_t size = sizeof from;
                if (::recvfrom(ends.right.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT,
                               reinterpret_cast<sockaddr*>(&from), &size) < 0) {
                    return taken;
                }
            }
        });
}

struct Way {
    bool trains = true;
    const char* suite = nullptr;
};

// A picture's packets, sealed anew each time when there is a suite.
class Picture {
public:
    explicit Picture(const char* suite) : buffers_(kPackets, Packet(kPacketBytes + wire::kSrtpMaxGrowthBytes, 7)) {
        if (suite == nullptr) return;
        const wire::SrtpSuite which = *wire::srtp_suite(suite);
        const Packet key(wire::srtp_key_and_salt_bytes(which), 9);
        seal_ = wire::SrtpContext::create(which, key);
        open_ = wire::SrtpContext::create(which, key);
    }

    const std::vector<wire::Bytes>& next() {
        row_.clear();
        for (Packet& buffer : buffers_) {
            wire::RtpHeader{false, 96, sequence_++, 1, 1}.write(buffer);
            row_.push_back(wire::Bytes(buffer).first(seal_ ? seal_->protect(buffer, kPacketBytes).size : kPacketBytes));
        }
        return row_;
    }

    bool open(wire::MutableBytes packet) { return !open_ || open_->unprotect(packet); }

private:
    std::vector<Packet> buffers_;
    std::vector<wire::Bytes> row_;
    std::unique_ptr<wire::SrtpContext> seal_;
    std::unique_ptr<wire::SrtpContext> open_;
    std::uint16_t sequence_ = 0;
};

Cost ours(const Way& way) {
    Ends ends;
    if (way.trains) {
        ends.right.join_trains();
    } else {
        ends.left.send_no_trains();
    }
    engine::DatagramSender sender;
    engine::ReceiveBatch batch;
    const engine::ArrivalClock clock;
    Picture picture(way.suite);
    return cost([&] { sender.send(ends.left, picture.next(), ends.to); },
                [&] {
                    std::size_t taken = 0;
                    for (;;) {
                        const auto got = batch.receive(ends.right, engine::ReceiveBatch::kMessages, clock);
                        if (got.empty()) return taken;
                        for (const engine::Datagram& one : got) taken += picture.open(one.bytes) ? 1 : 0;
                    }
                });
}

void print(const char* name, const Cost& cost, const char* before = ", ") {
    std::printf("%s\"%s\": {\"out_ns\": %.0f, \"in_ns\": %.0f}", before, name, cost.out_ns, cost.in_ns);
}

}  // namespace

int main() {
    std::printf("{\"scenario\": \"datagrams\", \"packet_bytes\": %zu, \"per_packet\": {", kPacketBytes);
    print("sendto, recvfrom", plain(), "");
    print("rows", ours({false}));
    print("rows, trains", ours({true}));
    print("rows, SRTP CM", ours({false, "AES_CM_128_HMAC_SHA1_80"}));
    print("rows, trains, SRTP CM", ours({true, "AES_CM_128_HMAC_SHA1_80"}));
    print("rows, trains, SRTP GCM", ours({true, "AEAD_AES_128_GCM"}));
    std::printf("}}\n");
    return 0;
}
