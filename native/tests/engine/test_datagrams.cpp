// DatagramSender to ReceiveBatch over loopback: rows and trains of packets, with and without the kernel's help.
#include <doctest/doctest.h>
#include <netinet/udp.h>

#include <array>

#include "engine/clock.hpp"
#include "engine/datagram_sender.hpp"
#include "engine/receive_batch.hpp"
#include "engine/sockets.hpp"

using namespace cms;
using namespace cms::engine;
using namespace cms::test;

namespace {

struct Taken {
    std::vector<Packet> packets;
    std::size_t calls = 0;  // that brought something
};

// Everything that is there; checks that it comes from `from`.
Taken take_all(const UdpSocket& socket, const Address& from, std::size_t most = ReceiveBatch::kMessages) {
    ReceiveBatch batch;
    ArrivalClock clock;
    clock.reading(monotonic_s(), seconds_of(CLOCK_REALTIME));
    Taken taken;
    for (auto got = batch.receive(socket, most, clock); !got.empty(); got = batch.receive(socket, most, clock)) {
        ++taken.calls;
        for (const Datagram& one : got) {
            CHECK(one.from == from);
            taken.packets.emplace_back(one.bytes.begin(), one.bytes.end());
        }
    }
    CHECK(batch.errors() == 0);
    return taken;
}

struct Ends {
    UdpSocket left = any_socket();
    UdpSocket right = any_socket();
    DatagramSender sender;

    void send(const std::vector<Packet>& packets) { sender.send(left, views_of(packets), address_of(right)); }
    Taken take(std::size_t most = ReceiveBatch::kMessages) { return take_all(right, address_of(left), most); }
};

// What x264 cuts by itself, what a packetizer cuts, one alone, more than one train takes, a keep-alive in between.
const std::vector<std::vector<std::size_t>> kRows = {
    {1200, 1100, 1180, 700, 701, 1},
    {1143, 1143, 1143, 1143, 1142, 30, 30, 30},
    {172},
    std::vector<std::size_t>(150, 1000),
    {500, 0, 500, 500},
    {40'000, 40'000, 10},
};

}  // namespace

TEST_SUITE_BEGIN("engine");

TEST_CASE("engine: rows of packets arrive in order and in their sizes, with trains on neither, either and both sides") {
    for (const bool joined : {false, true}) {
        for (const bool trains : {false, true}) {
            Ends ends;
            if (joined) ends.right.join_trains();
            if (!trains) ends.left.send_no_trains();
            for (const auto& sizes : kRows) {
                CAPTURE(joined);
                CAPTURE(trains);
                const auto packets = packets_of(sizes);
                const auto before = ends.sender.packets();
                ends.send(packets);
                CHECK(ends.take().packets == packets);
                CHECK(ends.sender.packets() - before == packets.size());
            }
            CHECK(ends.sender.dropped() == 0);
            CHECK(ends.left.sends_trains() == trains);
        }
    }
}

TEST_CASE("engine: equal packets leave as a train, which one system call brings in") {
    Ends ends;
    ends.right.join_trains();
    const auto packets = packets_of(std::vector<std::size_t>(40, 1200));
    ends.send(packets);
    const Taken taken = ends.take(1);
    CHECK(taken.packets == packets);
    CHECK(taken.calls == 1);
}

TEST_CASE("engine: a train that is refused leaves packet by packet, and none is tried again") {
    Ends ends;
    // Without checksums the kernel cuts nothing: it answers EINVAL, as one that knows no trains does.
    const int on = 1;
    REQUIRE(::setsockopt(ends.left.fd(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on) == 0);
    const auto packets = packets_of({900, 900, 900, 500, 400, 400});
    for (int round = 0; round < 2; ++round) {
        ends.send(packets);
        CHECK(ends.take().packets == packets);
        CHECK_FALSE(ends.left.sends_trains());
    }
    CHECK(ends.sender.trains_refused() == 1);
    CHECK(ends.sender.packets() == 12);
    CHECK(ends.sender.dropped() == 0);
}

TEST_CASE("engine: what the system does not take is counted packet by packet, and the rest still goes") {
    Ends ends;
    const auto packets = packets_of({900, 900, 900, 500});
    // No such family on this socket.
    ends.sender.send(ends.left, views_of(packets), *Address::parse("2001:db8::1", 5000));
    CHECK(ends.sender.dropped() == 4);
    ends.sender.send(ends.left, packets[0], *Address::parse("127.0.0.1", 0));
    CHECK(ends.sender.dropped() == 5);
    // Above what UDP carries: it is lost, its neighbours are not.
    const auto with_giant = packets_of({70'000, 900, 800});
    ends.send(with_giant);
    CHECK(ends.take().packets == std::vector<Packet>(with_giant.begin() + 1, with_giant.end()));
    CHECK(ends.sender.dropped() == 6);
    CHECK(ends.sender.packets() == 2);
}

TEST_CASE("engine: a row goes over IPv6 as well") {
    try {
        UdpSocket left = any_socket("::1");
        UdpSocket right = any_socket("::1");
        DatagramSender sender;
        const auto packets = packets_of({1000, 1000, 400});
        sender.send(left, views_of(packets), address_of(right));
        CHECK(take_all(right, address_of(left)).packets == packets);
    } catch (const std::system_error&) {
        MESSAGE("no IPv6 on this machine");
    }
}

TEST_CASE("engine: no more is read than asked for, and the rest is there the next time") {
    for (const std::size_t most : {1U, 2U, 3U}) {
        CAPTURE(most);
        Ends ends;
        const auto packets = packets_of({100, 200, 300});
        ends.send(packets);
        const Taken taken = ends.take(most);
        CHECK(taken.packets == packets);
        CHECK(taken.calls == (packets.size() + most - 1) / most);
    }
}

TEST_CASE("engine: held packets leave in order, when released or when there are too many to keep; others at once") {
    Ends ends;
    std::vector<std::size_t> sizes(70, 172);
    sizes[40] = 1500;
    sizes[41] = 1501;  // too big to keep: it goes at once, and nothing overtakes it
    const auto packets = packets_of(sizes);
    const auto send_each = [&] {
        for (const Packet& packet : packets) ends.sender.send(ends.left, packet, address_of(ends.right));
    };
    ends.sender.hold();
    send_each();
    CHECK(ends.sender.packets() < packets.size());
    ends.sender.release();
    CHECK(ends.sender.packets() == packets.size());
    CHECK(ends.take().packets == packets);
    ends.sender.release();
    CHECK(ends.take().packets.empty());
    send_each();
    CHECK(ends.take().packets == packets);
    // A row does not overtake what was held.
    ends.sender.hold();
    ends.sender.send(ends.left, packets[0], address_of(ends.right));
    ends.send({packets[1], packets[2]});
    CHECK(ends.take().packets == std::vector<Packet>{packets[0], packets[1], packets[2]});
}

TEST_CASE("engine: many sockets are read first and asked for later, one packet each, each at its place") {
    Ends ends;
    UdpSocket second = any_socket();
    const auto packets = packets_of({100, 200, 300});
    for (const Packet& packet : {packets[0], packets[1]}) ends.sender.send(ends.left, packet, address_of(ends.right));
    ends.sender.send(ends.left, packets[2], address_of(second));
    const UdpSocket nothing = any_socket();
    ReceiveBatch batch;
    const ArrivalClock clock;
    const std::array<const UdpSocket*, 3> sockets{&ends.right, &nothing, &second};
    const auto sizes_of_round = [&] {
        for (std::size_t i = 0; i < sockets.size(); ++i) batch.read(i, *sockets[i]);
        std::vector<std::size_t> sizes;
        for (std::size_t i = 0; i < sockets.size(); ++i) {
            const auto came = batch.at(i, clock);
            sizes.push_back(came.empty() ? 0 : came[0].bytes.size());
        }
        return sizes;
    };
    CHECK(sizes_of_round() == std::vector<std::size_t>{100, 0, 300});
    CHECK(sizes_of_round() == std::vector<std::size_t>{200, 0, 0});
    CHECK(batch.errors() == 0);
}

TEST_CASE("engine: a settled socket hears its peer, the other one everybody else, until it is open again") {
    // On a port that was asked for, as media ports are: one that the kernel chose is given back on the way.
    const Address port = address_of(any_socket());
    Ends ends{any_socket(), UdpSocket(port)};
    UdpSocket stranger = any_socket();
    const auto packets = packets_of({100, 120, 120, 120, 60});
    const auto all_speak = [&] {
        ends.send(packets);
        ends.sender.send(stranger, packets[0], address_of(ends.right));
        REQUIRE(readable(ends.right));
    };
    for (int round = 0; round < 2; ++round) {
        ends.right.settle(address_of(ends.left));
        REQUIRE(ends.right.settled());
        all_speak();
        REQUIRE(readable(*ends.right.others()));
        CHECK(ends.take().packets == packets);
        CHECK(take_all(*ends.right.others(), address_of(stranger)).packets == std::vector<Packet>{packets[0]});
        ends.right.settle(std::nullopt);
        CHECK_FALSE(ends.right.settled());
        ends.sender.send(stranger, packets[1], address_of(ends.right));
        CHECK(take_all(ends.right, address_of(stranger)).packets == std::vector<Packet>{packets[1]});
    }
}

TEST_CASE("engine: a settled socket sends to its peer, single packets, rows and trains") {
    for (const bool trains : {false, true}) {
        Ends ends;
        ends.left.settle(address_of(ends.right));
        REQUIRE(ends.left.settled());
        if (!trains) ends.left.send_no_trains();
        for (const auto& sizes : kRows) {
            const auto packets = packets_of(sizes);
            ends.send(packets);
            CHECK(ends.take().packets == packets);
        }
        CHECK(ends.sender.dropped() == 0);
        CHECK(ends.left.sends_trains() == trains);
    }
}

TEST_CASE("engine: a peer that closed its port and opened it again missed only what was sent meanwhile") {
    UdpSocket ours = any_socket();
    auto theirs = std::make_unique<UdpSocket>(any_socket());
    const Address there = address_of(*theirs);
    ours.settle(there);
    theirs.reset();
    DatagramSender sender;
    const auto packets = packets_of({172, 172, 90});
    for (int i = 0; i < 3; ++i) sender.send(ours, packets[0], there);
    sender.send(ours, views_of(packets), there);
    CHECK(sender.packets() == 6);
    theirs = std::make_unique<UdpSocket>(there);
    // What it says is heard behind what ICMP has told, and it hears the next packet.
    DatagramSender of_theirs;
    of_theirs.send(*theirs, packets[2], address_of(ours));
    ReceiveBatch batch;
    CHECK(batch.receive(ours, 1, ArrivalClock{}).size() == 1);
    sender.send(ours, packets[1], there);
    CHECK(take_all(*theirs, address_of(ours)).packets == std::vector<Packet>{packets[1]});
}

TEST_CASE("engine: a socket on all of the machine's addresses is never settled") {
    UdpSocket ours = any_socket("0.0.0.0");
    ours.settle(address_of(any_socket()));
    CHECK_FALSE(ours.settled());
}

TEST_CASE("engine: a stamped datagram is dated when it came, not when it is read") {
    std::size_t most = 0;
    SUBCASE("alone") { most = 1; }
    SUBCASE("with others") { most = 4; }
    Ends ends;
    ends.right.stamp_arrivals();
    const double before_s = monotonic_s();
    ends.send(packets_of({100}));
    REQUIRE(readable(ends.right));
    const double after_s = monotonic_s();
    ReceiveBatch batch;
    ArrivalClock clock;
    const double wall_s = seconds_of(CLOCK_REALTIME);
    clock.reading(monotonic_s(), wall_s);
    // As if read a tenth of a second later.
    const double later_s = monotonic_s() + 0.1;
    clock.reading(later_s, seconds_of(CLOCK_REALTIME) + 0.1);
    const auto got = batch.receive(ends.right, most, clock);
    REQUIRE(got.size() == 1);
    CHECK(got[0].arrival_s > before_s - ArrivalClock::kStepS);
    CHECK(got[0].arrival_s < after_s + ArrivalClock::kStepS);
}

TEST_SUITE_END();
