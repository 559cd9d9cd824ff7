// An IP address and a UDP port as a value: what sessions compare and name peers by. No I/O.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cms::session {

struct Address {
    std::array<std::uint8_t, 16> ip{};  // network order; the first four bytes for IPv4, the rest zero
    std::uint16_t port = 0;
    bool v6 = false;

    // From a literal without brackets; nothing when it is none.
    static std::optional<Address> parse(std::string_view host, std::uint16_t port);

    // 192.0.2.1:5004 or [2001:db8::1]:5004, as logs name a peer.
    std::string text() const;

    bool same_host(const Address& other) const { return v6 == other.v6 && ip == other.ip; }
    bool operator==(const Address&) const = default;
};

}  // namespace cms::session
