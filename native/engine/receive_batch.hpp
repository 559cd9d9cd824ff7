// Datagrams in: as many as are asked for with one system call, trains of packets taken apart.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/arrival_clock.hpp"
#include "engine/udp_socket.hpp"
#include "wire/bytes.hpp"

namespace cms::engine {

using wire::MutableBytes;

struct Datagram {
    MutableBytes bytes;
    Address from;
    double arrival_s = 0;
};

class ReceiveBatch {
public:
    // System calls hand over at most this many datagrams, or trains of them.
    static constexpr std::size_t kMessages = 32;

    ReceiveBatch();

    // What came, in order; valid until the next call. Nothing when there is nothing.
    std::span<const Datagram> receive(const UdpSocket& socket, std::size_t most, const ArrivalClock& clock);

    // The same of many sockets with one datagram, or train, each: first read all of them one after the other, which finds the
    // kernel's way in the cache, then ask for what came at each place, below kMessages. Valid until the next call of either.
    void read(std::size_t place, const UdpSocket& socket);
    std::span<const Datagram> at(std::size_t place, const ArrivalClock& clock);

    std::uint64_t errors() const { return errors_; }

private:
    // The biggest UDP datagram: a peer may send a whole NAL unit in one packet and leave the cutting to IP; a train is as big.
    // Only what is used is ever touched; the odd rest keeps the buffers off the same cache lines.
    static constexpr std::size_t kDatagramBytes = 65536;
    static constexpr std::size_t kStride = kDatagramBytes + 2112;
    // A stamp and the size of a train's packets.
    using Control = std::array<std::uint8_t, CMSG_SPACE(sizeof(timespec)) + CMSG_SPACE(sizeof(int))>;

    // How many, or -1 and errno.
    template <typename Attempt>
    int receive_behind_error(Attempt attempt);
    void expect(std::size_t message);
    int receive_one(std::size_t message, const UdpSocket& socket);
    int receive_several(const UdpSocket& socket, std::size_t most);
    void take_apart(std::size_t message, const ArrivalClock& clock);

    std::unique_ptr<std::uint8_t[]> bytes_;
    std::array<iovec, kMessages> vectors_{};
    std::array<sockaddr_storage, kMessages> addresses_{};
    alignas(cmsghdr) std::array<Control, kMessages> controls_{};
    std::array<mmsghdr, kMessages> messages_{};
    std::array<bool, kMessages> came_{};  // by read
    std::vector<Datagram> datagrams_;
    std::uint64_t errors_ = 0;
};

}  // namespace cms::engine
