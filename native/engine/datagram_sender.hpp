// Datagrams out, at once and without a copy: one alone, or a row of them to one peer with one system call.
//
//   row of packets -> trains (equal sizes, the last may be shorter) -> sendmmsg; refused trains -> packet by packet
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "engine/udp_socket.hpp"
#include "wire/bytes.hpp"

namespace cms::engine {

using wire::Bytes;

class DatagramSender {
public:
    DatagramSender();

    void send(UdpSocket& socket, Bytes packet, const Address& to);
    // In order.
    void send(UdpSocket& socket, std::span<const Bytes> packets, const Address& to);

    // From here to `release` single packets are kept and leave some at a time: one system call after the other finds the
    // kernel's way in the cache, between two legs' mixing it does not. Meanwhile the sockets must stay.
    void hold() { holding_ = true; }
    void release();

    std::uint64_t packets() const { return packets_; }
    // Packets that the system did not take: no route, full buffers. They are lost as on the wire.
    std::uint64_t dropped() const { return dropped_; }
    // Sockets that send packet by packet since.
    std::uint64_t trains_refused() const { return trains_refused_; }

private:
    // UDP_MAX_SEGMENTS of the kernels before 6.9.
    static constexpr std::size_t kPackets = 64;
    // A train is one datagram to IP.
    static constexpr std::size_t kTrainBytes = 65'000;
    // With more of them what follows on one another anyway, the same to many listeners, gets dearer.
    static constexpr std::size_t kMostKept = 8;
    struct Kept {
        UdpSocket* socket;
        Address to;
        std::size_t bytes;
        std::array<std::uint8_t, 1500> packet;
    };
    using Control = std::array<std::uint8_t, CMSG_SPACE(sizeof(std::uint16_t))>;

    bool keep(UdpSocket& socket, Bytes packet, const Address& to);
    void send_kept();
    void send_now(UdpSocket& socket, Bytes packet, const Address& to);
    std::size_t fill(std::span<const Bytes> packets, bool trains);
    void add_message(std::size_t first, std::size_t count, std::size_t packet_bytes);
    socklen_t name(const UdpSocket& socket, const Address& to);
    void submit(UdpSocket& socket);
    void send_singly(UdpSocket& socket, const msghdr& train);
    void count(bool taken, std::size_t packets) { (taken ? packets_ : dropped_) += packets; }

    sockaddr_in6 address_{};
    std::array<iovec, kPackets> vectors_{};
    std::array<mmsghdr, kPackets> messages_{};
    alignas(cmsghdr) std::array<Control, kPackets> controls_{};
    std::size_t used_ = 0;  // messages
    bool holding_ = false;
    std::unique_ptr<Kept[]> kept_;
    std::size_t kept_count_ = 0;
    std::uint64_t packets_ = 0;
    std::uint64_t dropped_ = 0;
    std::uint64_t trains_refused_ = 0;
};

}  // namespace cms::engine
