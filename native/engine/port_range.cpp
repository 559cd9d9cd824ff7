#include "engine/port_range.hpp"

#include <stdexcept>
#include <system_error>

namespace cms::engine {

PortRange::PortRange(int port_min, int port_max)
    : first_(port_min + port_min % 2), pairs_((port_max + 1 - first_) / 2) {
    if (port_min < 1 || port_max > 65535) throw std::invalid_argument("port_min, port_max: not in 1..65535");
    if (pairs_ < 1) throw std::invalid_argument("port_min, port_max: no even and odd port between them");
}

PortPair PortRange::open(const Address& host) {
    for (int tried = 0; tried < pairs_; ++tried) {
        Address local = host;
        local.port = static_cast<std::uint16_t>(first_ + 2 * next_);
        next_ = (next_ + 1) % pairs_;
        try {
            UdpSocket rtp(local);
            Address beside = local;
            ++beside.port;
            return {local.port, std::move(rtp), UdpSocket(beside)};
        } catch (const std::system_error& error) {
            if (error.code().value() != EADDRINUSE) throw;
        }
    }
    throw std::system_error(EADDRINUSE, std::generic_category(), "no free pair of media ports");
}

}  // namespace cms::engine
