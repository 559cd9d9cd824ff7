#include "engine/udp_socket.hpp"

#include <netinet/udp.h>

#include <cerrno>
#include <system_error>

#include "engine/socket_address.hpp"

namespace cms::engine {

namespace {

// A second of 8 Mbit/s may wait in the kernel while the thread is held up; a burst of a key frame to send likewise.
constexpr int kSocketBufferBytes = 1024 * 1024;

void set_option(int fd, int level, int name, int value) {
    // Best effort: the kernel's own limit applies.
    setsockopt(fd, level, name, &value, sizeof value);
}

bool connect_to(int fd, const Address& peer) {
    sockaddr_in6 address{};
    const socklen_t length = write_address(peer, address);
    return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), length) == 0;
}

void disconnect(int fd) {
    sockaddr nobody{};
    nobody.sa_family = AF_UNSPEC;
    ::connect(fd, &nobody, sizeof nobody);
}

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

}  // namespace

UdpSocket::UdpSocket(const Address& local, const UdpSocket* beside)
    : fd_(::socket(local.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    if (fd_.get() < 0) fail("socket");
    if (local.v6) set_option(fd(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
    set_option(fd(), SOL_SOCKET, SO_RCVBUF, kSocketBufferBytes);
    set_option(fd(), SOL_SOCKET, SO_SNDBUF, kSocketBufferBytes);
    if (beside != nullptr) {
        for (const int shared : {fd(), beside->fd()}) set_option(shared, SOL_SOCKET, SO_REUSEPORT, 1);
    }
    sockaddr_in6 address{};
    const socklen_t length = write_address(local, address);
    if (::bind(fd(), reinterpret_cast<const sockaddr*>(&address), length) != 0) fail("bind");
}

Address UdpSocket::local() const {
    sockaddr_storage bound{};
    socklen_t length = sizeof bound;
    ::getsockname(fd(), reinterpret_cast<sockaddr*>(&bound), &length);
    return read_address(bound);
}

void UdpSocket::join_trains() { set_option(fd(), SOL_UDP, UDP_GRO, 1); }

void UdpSocket::stamp_arrivals() { set_option(fd(), SOL_SOCKET, SO_TIMESTAMPNS, 1); }

// The other socket comes first, so that nobody is refused in between.
void UdpSocket::settle(const std::optional<Address>& peer) {
    if (settled()) disconnect(fd());
    others_.reset();
    if (!peer) return;
    const Address local = this->local();
    if (local.ip == Address{}.ip) return;
    try {
        auto others = std::make_unique<UdpSocket>(local, this);
        if (connect_to(fd(), *peer)) others_ = std::move(others);
    } catch (const std::system_error&) {
        // No descriptor left, or a kernel that shares no ports: it goes on as it is.
    }
}

}  // namespace cms::engine
