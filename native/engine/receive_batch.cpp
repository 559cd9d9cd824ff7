#include "engine/receive_batch.hpp"

#include <netinet/udp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/socket_address.hpp"

namespace cms::engine {

namespace {

// What the kernel said beside a datagram.
struct Aside {
    std::size_t packet_bytes = 0;  // 0: no train
    double stamp_wall_s = 0;       // 0: none
};

Aside read_aside(msghdr& header) {
    Aside aside;
    for (const cmsghdr* one = CMSG_FIRSTHDR(&header); one != nullptr;
         one = CMSG_NXTHDR(&header, const_cast<cmsghdr*>(one))) {
        if (one->cmsg_level == SOL_UDP && one->cmsg_type == UDP_GRO) {
            int bytes = 0;
            std::memcpy(&bytes, CMSG_DATA(one), sizeof bytes);
            aside.packet_bytes = static_cast<std::size_t>(std::max(bytes, 0));
        } else if (one->cmsg_level == SOL_SOCKET && one->cmsg_type == SCM_TIMESTAMPNS) {
            timespec stamp{};
            std::memcpy(&stamp, CMSG_DATA(one), sizeof stamp);
            aside.stamp_wall_s = static_cast<double>(stamp.tv_sec) + static_cast<double>(stamp.tv_nsec) * 1e-9;
        }
    }
    return aside;
}

}  // namespace

ReceiveBatch::ReceiveBatch() : bytes_(new std::uint8_t[kMessages * kStride]) {
    for (std::size_t i = 0; i < kMessages; ++i) {
        vectors_[i] = {bytes_.get() + i * kStride, kDatagramBytes};
        messages_[i].msg_hdr.msg_iov = &vectors_[i];
        messages_[i].msg_hdr.msg_iovlen = 1;
        messages_[i].msg_hdr.msg_name = &addresses_[i];
        messages_[i].msg_hdr.msg_control = controls_[i].data();
    }
}

std::span<const Datagram> ReceiveBatch::receive(const UdpSocket& socket, std::size_t most, const ArrivalClock& clock) {
    most = std::min(most, kMessages);
    for (std::size_t i = 0; i < most; ++i) expect(i);
    datagrams_.clear();
    const int received =
        receive_behind_error([&] { return most == 1 ? receive_one(0, socket) : receive_several(socket, most); });
    for (int i = 0; i < received; ++i) take_apart(static_cast<std::size_t>(i), clock);
    return datagrams_;
}

void ReceiveBatch::read(std::size_t place, const UdpSocket& socket) {
    expect(place);
    came_[place] = receive_behind_error([&] { return receive_one(place, socket); }) == 1;
}

std::span<const Datagram> ReceiveBatch::at(std::size_t place, const ArrivalClock& clock) {
    datagrams_.clear();
    if (came_[place]) take_apart(place, clock);
    return datagrams_;
}

void ReceiveBatch::expect(std::size_t message) {
    messages_[message].msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    messages_[message].msg_hdr.msg_controllen = sizeof(Control);
}

// A settled socket first tells what ICMP said of a packet that was sent; what came waits behind that.
template <typename Attempt>
int ReceiveBatch::receive_behind_error(Attempt attempt) {
    const int received = attempt();
    if (received >= 0 || errno == EAGAIN || errno == EINTR) return received;
    ++errors_;
    return attempt();
}

int ReceiveBatch::receive_several(const UdpSocket& socket, std::size_t most) {
    return ::recvmmsg(socket.fd(), messages_.data(), static_cast<unsigned>(most), MSG_DONTWAIT, nullptr);
}

// A tenth of a microsecond cheaper than recvmmsg of one.
int ReceiveBatch::receive_one(std::size_t message, const UdpSocket& socket) {
    const auto bytes = ::recvmsg(socket.fd(), &messages_[message].msg_hdr, MSG_DONTWAIT);
    if (bytes < 0) return -1;
    messages_[message].msg_len = static_cast<unsigned>(bytes);
    return 1;
}

// All packets of a train are of one size, but the last may be shorter.
void ReceiveBatch::take_apart(std::size_t message, const ArrivalClock& clock) {
    const Aside aside = read_aside(messages_[message].msg_hdr);
    const Address from = read_address(addresses_[message]);
    const double arrival_s = aside.stamp_wall_s > 0 ? clock.arrival_s(aside.stamp_wall_s) : clock.now_s();
    MutableBytes rest(bytes_.get() + message * kStride, messages_[message].msg_len);
    const std::size_t packet_bytes = aside.packet_bytes > 0 ? aside.packet_bytes : rest.size();
    do {
        const std::size_t bytes = std::min(packet_bytes, rest.size());
        datagrams_.push_back({rest.first(bytes), from, arrival_s});
        rest = rest.subspan(bytes);
    } while (!rest.empty());
}

}  // namespace cms::engine
