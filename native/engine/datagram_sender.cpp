#include "engine/datagram_sender.hpp"

#include <netinet/udp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/socket_address.hpp"

namespace cms::engine {

namespace {

// How many packets from the first on make a train. An empty one cannot be cut off anything.
std::size_t train_length(std::span<const Bytes> packets, std::size_t most_bytes) {
    const std::size_t packet_bytes = packets[0].size();
    std::size_t bytes = packet_bytes;
    std::size_t count = 1;
    while (count < packets.size() && packets[count - 1].size() == packet_bytes) {
        const std::size_t next_bytes = packets[count].size();
        if (next_bytes == 0 || next_bytes > packet_bytes || bytes + next_bytes > most_bytes) break;
        bytes += next_bytes;
        ++count;
    }
    return count;
}

// What kernel, route or card say when they cannot cut: too old, no checksum offload, packets above the path's MTU.
bool cannot_cut(int error) {
    return error == EINVAL || error == EIO || error == EMSGSIZE || error == ENOPROTOOPT || error == EOPNOTSUPP;
}

// A settled socket told what ICMP had said of an earlier packet (port closed) in place of taking this one; said once, it
// takes it.
bool told_of_another(const UdpSocket& socket) { return socket.settled() && errno == ECONNREFUSED; }

}  // namespace

DatagramSender::DatagramSender() : kept_(std::make_unique<Kept[]>(kMostKept)) {
    for (Control& control : controls_) {
        cmsghdr header{};
        header.cmsg_level = SOL_UDP;
        header.cmsg_type = UDP_SEGMENT;
        header.cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
        std::memcpy(control.data(), &header, sizeof header);
    }
}

void DatagramSender::send(UdpSocket& socket, Bytes packet, const Address& to) {
    if (!holding_ || !keep(socket, packet, to)) send_now(socket, packet, to);
}

// sendto is half a microsecond cheaper than sendmmsg of one.
void DatagramSender::send_now(UdpSocket& socket, Bytes packet, const Address& to) {
    const socklen_t length = name(socket, to);
    const auto* const address = length > 0 ? reinterpret_cast<const sockaddr*>(&address_) : nullptr;
    const auto attempt = [&] {
        return ::sendto(socket.fd(), packet.data(), packet.size(), MSG_DONTWAIT, address, length) >= 0;
    };
    count(attempt() || (told_of_another(socket) && attempt()), 1);
}

void DatagramSender::send(UdpSocket& socket, std::span<const Bytes> packets, const Address& to) {
    send_kept();
    while (packets.size() > 1) {
        const socklen_t length = name(socket, to);
        const std::size_t taken = fill(packets, socket.sends_trains());
        for (std::size_t i = 0; i < used_; ++i) {
            messages_[i].msg_hdr.msg_name = length > 0 ? &address_ : nullptr;
            messages_[i].msg_hdr.msg_namelen = length;
        }
        submit(socket);
        packets = packets.subspan(taken);
    }
    if (!packets.empty()) send_now(socket, packets[0], to);
}

void DatagramSender::release() {
    send_kept();
    holding_ = false;
}

// False: it is too big, and what was before it has left.
bool DatagramSender::keep(UdpSocket& socket, Bytes packet, const Address& to) {
    const bool fits = packet.size() <= kept_[0].packet.size();
    if (kept_count_ == kMostKept || !fits) send_kept();
    if (!fits) return false;
    Kept& kept = kept_[kept_count_++];
    kept.socket = &socket;
    kept.to = to;
    kept.bytes = packet.size();
    std::copy(packet.begin(), packet.end(), kept.packet.begin());
    return true;
}

void DatagramSender::send_kept() {
    for (const Kept& kept : std::span(kept_.get(), kept_count_)) {
        send_now(*kept.socket, Bytes(kept.packet).first(kept.bytes), kept.to);
    }
    kept_count_ = 0;
}

// Whom to send to, in address_; 0: the socket knows.
socklen_t DatagramSender::name(const UdpSocket& socket, const Address& to) {
    return socket.settled() ? 0 : write_address(to, address_);
}

// Messages for the first packets; returns for how many.
std::size_t DatagramSender::fill(std::span<const Bytes> packets, bool trains) {
    used_ = 0;
    packets = packets.first(std::min(packets.size(), kPackets));
    for (std::size_t done = 0; done < packets.size();) {
        const std::size_t length = trains ? train_length(packets.subspan(done), kTrainBytes) : 1;
        for (std::size_t i = done; i < done + length; ++i) {
            vectors_[i] = {const_cast<std::uint8_t*>(packets[i].data()), packets[i].size()};
        }
        add_message(done, length, packets[done].size());
        done += length;
    }
    return packets.size();
}

void DatagramSender::add_message(std::size_t first, std::size_t count, std::size_t packet_bytes) {
    msghdr& header = messages_[used_].msg_hdr;
    header.msg_iov = &vectors_[first];
    header.msg_iovlen = count;
    header.msg_control = nullptr;
    header.msg_controllen = 0;
    if (count > 1) {
        Control& control = controls_[used_];
        const auto size = static_cast<std::uint16_t>(packet_bytes);
        std::memcpy(control.data() + CMSG_LEN(0), &size, sizeof size);
        header.msg_control = control.data();
        header.msg_controllen = control.size();
    }
    ++used_;
}

void DatagramSender::submit(UdpSocket& socket) {
    for (std::size_t done = 0; done < used_;) {
        const int sent = ::sendmmsg(socket.fd(), &messages_[done], static_cast<unsigned>(used_ - done), MSG_DONTWAIT);
        for (int i = 0; i < sent; ++i) count(true, messages_[done++].msg_hdr.msg_iovlen);
        if (sent > 0 || errno == EINTR || told_of_another(socket)) continue;
        const msghdr& refused = messages_[done++].msg_hdr;
        if (refused.msg_iovlen > 1 && cannot_cut(errno)) {
            if (socket.sends_trains()) ++trains_refused_;
            socket.send_no_trains();
            send_singly(socket, refused);
        } else {
            count(false, refused.msg_iovlen);
        }
    }
}

void DatagramSender::send_singly(UdpSocket& socket, const msghdr& train) {
    for (std::size_t i = 0; i < train.msg_iovlen; ++i) {
        msghdr header = train;
        header.msg_iov = train.msg_iov + i;
        header.msg_iovlen = 1;
        header.msg_control = nullptr;
        header.msg_controllen = 0;
        count(::sendmsg(socket.fd(), &header, MSG_DONTWAIT) >= 0, 1);
    }
}

}  // namespace cms::engine
