// A bound, non-blocking UDP socket and what its kernel can do for it.
#pragma once

#include <memory>
#include <optional>

#include "engine/descriptor.hpp"
#include "session/address.hpp"

namespace cms::engine {

using session::Address;

class UdpSocket {
public:
    // Throws std::system_error when the address cannot be bound. `beside`: a socket that has it already and shares it.
    explicit UdpSocket(const Address& local, const UdpSocket* beside = nullptr);

    int fd() const { return fd_.get(); }
    // Where it is bound.
    Address local() const;

    // Packets of equal size that come in a row are handed over as one datagram (UDP_GRO, Linux 5.0). Without it they come
    // singly; nothing else changes.
    void join_trains();
    // Datagrams say when they came (SO_TIMESTAMPNS), so that they may be read later.
    void stamp_arrivals();

    // From now on only `peer` is heard and sent to here, which takes the kernel a sixth less to send; who else writes to the
    // port is heard by `others`. Nothing: everybody is heard here again. Best effort. A socket that is bound to any of
    // the machine's addresses stays open: from which of them it speaks to a peer need not be the one that the peer speaks to.
    void settle(const std::optional<Address>& peer);
    bool settled() const { return others_ != nullptr; }
    const UdpSocket* others() const { return others_.get(); }

    // Whether packets of equal size may leave as one datagram that the kernel or the network card cuts (UDP_SEGMENT,
    // Linux 4.18). Kernel, route and card must all play along: once refused, never tried again on this socket.
    bool sends_trains() const { return sends_trains_; }
    void send_no_trains() { sends_trains_ = false; }

private:
    Descriptor fd_;
    std::unique_ptr<UdpSocket> others_;
    bool sends_trains_ = true;
};

}  // namespace cms::engine
