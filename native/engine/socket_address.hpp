// Address to and from the kernel's form.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "session/address.hpp"

namespace cms::engine {

using session::Address;

// Returns the length; sockaddr_in6 is the bigger of the two families.
socklen_t write_address(const Address& address, sockaddr_in6& out);

Address read_address(const sockaddr_storage& from);

}  // namespace cms::engine
