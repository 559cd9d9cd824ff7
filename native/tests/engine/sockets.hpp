// Bound sockets on loopback and packets to send between them.
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <cstdint>
#include <vector>

#include "engine/socket_address.hpp"
#include "engine/udp_socket.hpp"
#include "wire/bytes.hpp"

namespace cms::test {

inline engine::UdpSocket any_socket(const char* host = "127.0.0.1") {
    return engine::UdpSocket(*session::Address::parse(host, 0));
}

inline session::Address address_of(const engine::UdpSocket& socket) {
    return socket.local();
}

// Returns when something is there to be read, at the latest after a second.
inline bool readable(const engine::UdpSocket& socket) {
    pollfd one{socket.fd(), POLLIN, 0};
    return ::poll(&one, 1, 1000) == 1;
}

using Packet = std::vector<std::uint8_t>;

// Each is filled with its number.
inline std::vector<Packet> packets_of(const std::vector<std::size_t>& sizes) {
    std::vector<Packet> packets;
    for (const std::size_t size : sizes) packets.emplace_back(size, static_cast<std::uint8_t>(packets.size()));
    return packets;
}

inline std::vector<wire::Bytes> views_of(const std::vector<Packet>& packets) { return {packets.begin(), packets.end()}; }

}  // namespace cms::test
