#include "engine/udp_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace cms::engine {

namespace {

// A second of 8 Mbit/s may wait in the kernel while the thread is held up; a burst of a key frame to send likewise.
constexpr int kSocketBufferBytes = 1024 * 1024;

socklen_t write_address(const Address& address, sockaddr_in6& out) {
    if (address.v6) {
        out = sockaddr_in6{};
        out.sin6_family = AF_INET6;
        out.sin6_port = htons(address.port);
        std::memcpy(&out.sin6_addr, address.ip.data(), 16);
        return sizeof(sockaddr_in6);
    }
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    std::memcpy(&v4.sin_addr, address.ip.data(), 4);
    std::memcpy(&out, &v4, sizeof v4);
    return sizeof v4;
}

Address read_address(const sockaddr_storage& from) {
    Address address;
    if (from.ss_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &from, sizeof v6);
        address.v6 = true;
        address.port = ntohs(v6.sin6_port);
        std::memcpy(address.ip.data(), &v6.sin6_addr, 16);
    } else {
        sockaddr_in v4{};
        std::memcpy(&v4, &from, sizeof v4);
        address.port = ntohs(v4.sin_port);
        std::memcpy(address.ip.data(), &v4.sin_addr, 4);
    }
    return address;
}

void set_option(int fd, int level, int name, int value) {
    // Best effort: the kernel's own limit applies.
    setsockopt(fd, level, name, &value, sizeof value);
}

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

}  // namespace

UdpSocket::UdpSocket(const Address& local)
    : fd_(::socket(local.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    if (fd_.get() < 0) fail("socket");
    if (local.v6) set_option(fd(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
    set_option(fd(), SOL_SOCKET, SO_RCVBUF, kSocketBufferBytes);
    set_option(fd(), SOL_SOCKET, SO_SNDBUF, kSocketBufferBytes);
    sockaddr_in6 address{};
    const socklen_t length = write_address(local, address);
    if (::bind(fd(), reinterpret_cast<const sockaddr*>(&address), length) != 0) fail("bind");
}

ReceiveBatch::ReceiveBatch() : bytes_(new std::uint8_t[kDatagrams * kStride]) {
    for (std::size_t i = 0; i < kDatagrams; ++i) {
        vectors_[i] = {bytes_.get() + i * kStride, 65536};
        messages_[i].msg_hdr.msg_iov = &vectors_[i];
        messages_[i].msg_hdr.msg_iovlen = 1;
        messages_[i].msg_hdr.msg_name = &addresses_[i];
    }
}

std::size_t ReceiveBatch::receive(int fd) {
    for (mmsghdr& message : messages_) message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    const int received = ::recvmmsg(fd, messages_.data(), kDatagrams, MSG_DONTWAIT, nullptr);
    if (received >= 0) return static_cast<std::size_t>(received);
    if (errno != EAGAIN && errno != EINTR) ++errors_;
    return 0;
}

MutableBytes ReceiveBatch::datagram(std::size_t index) {
    return {bytes_.get() + index * kStride, messages_[index].msg_len};
}

Address ReceiveBatch::from(std::size_t index) const { return read_address(addresses_[index]); }

SendBatch::SendBatch() : bytes_(std::make_unique<std::array<std::uint8_t, kPackets * kPacketBytes>>()) {
    for (std::size_t i = 0; i < kPackets; ++i) {
        vectors_[i].iov_base = bytes_->data() + i * kPacketBytes;
        messages_[i].msg_hdr.msg_iov = &vectors_[i];
        messages_[i].msg_hdr.msg_iovlen = 1;
        messages_[i].msg_hdr.msg_name = &addresses_[i];
    }
}

void SendBatch::add(int fd, Bytes packet, const Address& to) {
    if (fd != fd_ || count_ == kPackets) flush();
    fd_ = fd;
    if (packet.size() > kPacketBytes) {
        flush();
        send_alone(fd, packet, to);
        return;
    }
    std::memcpy(vectors_[count_].iov_base, packet.data(), packet.size());
    vectors_[count_].iov_len = packet.size();
    messages_[count_].msg_hdr.msg_namelen = write_address(to, addresses_[count_]);
    ++count_;
}

void SendBatch::flush() {
    std::size_t done = 0;
    while (done < count_) {
        const int sent = ::sendmmsg(fd_, messages_.data() + done, static_cast<unsigned>(count_ - done), MSG_DONTWAIT);
        if (sent > 0) {
            packets_ += static_cast<std::uint64_t>(sent);
            done += static_cast<std::size_t>(sent);
        } else if (errno != EINTR) {
            // The first one was refused (ICMP error of an earlier packet, no route, full buffer): it is lost as on the wire.
            ++dropped_;
            ++done;
        }
    }
    count_ = 0;
}

// A NAL unit that could not be cut (packetization mode 0) in one datagram, which IP fragments.
void SendBatch::send_alone(int fd, Bytes packet, const Address& to) {
    sockaddr_in6 address{};
    const socklen_t length = write_address(to, address);
    const auto sent = ::sendto(fd, packet.data(), packet.size(), MSG_DONTWAIT,
                               reinterpret_cast<const sockaddr*>(&address), length);
    ++(sent >= 0 ? packets_ : dropped_);
}

}  // namespace cms::engine
