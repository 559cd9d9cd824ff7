#include "engine/socket_address.hpp"

#include <cstring>

namespace cms::engine {

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

}  // namespace cms::engine
