#include "session/address.hpp"

#include <arpa/inet.h>

namespace cms::session {

std::optional<Address> Address::parse(std::string_view host, std::uint16_t port) {
    const std::string text(host);
    Address address;
    address.port = port;
    if (inet_pton(AF_INET, text.c_str(), address.ip.data()) == 1) return address;
    address.v6 = true;
    if (inet_pton(AF_INET6, text.c_str(), address.ip.data()) == 1) return address;
    return std::nullopt;
}

std::string Address::text() const {
    std::array<char, INET6_ADDRSTRLEN> host{};
    inet_ntop(v6 ? AF_INET6 : AF_INET, ip.data(), host.data(), host.size());
    const std::string name(host.data());
    return (v6 ? "[" + name + "]" : name) + ":" + std::to_string(port);
}

}  // namespace cms::session
