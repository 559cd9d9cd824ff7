// UDP sockets in batches: recvmmsg into one shared buffer, sendmmsg from another. Non-blocking.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>

#include "engine/descriptor.hpp"
#include "session/address.hpp"
#include "wire/bytes.hpp"

namespace cms::engine {

using session::Address;
using wire::Bytes;
using wire::MutableBytes;

class UdpSocket {
public:
    // Throws std::system_error when the address cannot be bound.
    explicit UdpSocket(const Address& local);

    int fd() const { return fd_.get(); }

private:
    Descriptor fd_;
};

// One recvmmsg at a time; the datagrams are valid until the next.
class ReceiveBatch {
public:
    static constexpr std::size_t kDatagrams = 32;

    ReceiveBatch();

    // How many datagrams came; 0 when there are none, or when the socket had only an ICMP error to tell.
    std::size_t receive(int fd);

    MutableBytes datagram(std::size_t index);
    Address from(std::size_t index) const;
    std::uint64_t errors() const { return errors_; }

private:
    // The biggest UDP datagram: a peer may send a whole NAL unit in one packet and leave the cutting to IP. Only what is
    // used is ever touched; the odd rest keeps the buffers off the same cache lines.
    static constexpr std::size_t kStride = 65536 + 2112;

    std::unique_ptr<std::uint8_t[]> bytes_;
    std::array<iovec, kDatagrams> vectors_{};
    std::array<sockaddr_storage, kDatagrams> addresses_{};
    std::array<mmsghdr, kDatagrams> messages_{};
    std::uint64_t errors_ = 0;
};

// Collects what goes out of one socket after another; a change of socket or a full batch sends.
class SendBatch {
public:
    SendBatch();

    void add(int fd, Bytes packet, const Address& to);
    void flush();

    std::uint64_t packets() const { return packets_; }
    // Packets that the system did not take: no route, full buffers, refused before.
    std::uint64_t dropped() const { return dropped_; }

private:
    static constexpr std::size_t kPackets = 64;
    static constexpr std::size_t kPacketBytes = 2048;

    void send_alone(int fd, Bytes packet, const Address& to);

    int fd_ = -1;
    std::size_t count_ = 0;
    std::unique_ptr<std::array<std::uint8_t, kPackets * kPacketBytes>> bytes_;
    std::array<iovec, kPackets> vectors_{};
    std::array<sockaddr_in6, kPackets> addresses_{};  // the bigger of the two families
    std::array<mmsghdr, kPackets> messages_{};
    std::uint64_t packets_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace cms::engine
