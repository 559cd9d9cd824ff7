#include "session/link.hpp"

#include <doctest/doctest.h>

#include "session/world.hpp"
#include "wire/rtp.hpp"

using namespace cms;
using namespace cms::session;
using namespace cms::test;

namespace {

const Address kElsewhere = address("198.51.100.7", 7000);
const SrtpKey kKey{wire::SrtpSuite::AesCm128HmacSha1_80, std::vector<std::uint8_t>(30, 7)};

// A link that takes payload type 0, and what its sink was told.
struct Rig {
    Peer peer{1};
    FaultLog faults{peer};
    Link link{peer, faults};

    void expect(const LinkSettings& settings) {
        PayloadTypes accepted;
        accepted.set(0);
        link.apply(settings, accepted, 0);
    }

    bool hears(const Address& from, Channel channel = Channel::Rtp) {
        std::vector<std::uint8_t> packet(wire::kRtpHeaderBytes + 160);
        wire::RtpHeader{false, 0, 1, 160, 99}.write(packet);
        return link.receive(channel, packet, from, 0).has_value();
    }
};

using Told = std::vector<std::optional<Address>>;

}  // namespace

TEST_SUITE_BEGIN("session");

TEST_CASE("session: the sink is told once the negotiated address has spoken, and no sooner") {
    Rig rig;
    rig.expect(link_to(kLeft));
    CHECK_FALSE(rig.hears(kElsewhere));
    CHECK(rig.peer.settled.empty());
    for (int i = 0; i < 3; ++i) CHECK(rig.hears(kLeft));
    CHECK(rig.peer.settled == Told{kLeft});
}

TEST_CASE("session: who was only latched onto may still be replaced, so the sink is told nothing") {
    Rig rig;
    rig.expect(link_to(kLeft));
    Address port_moved = kLeft;
    ++port_moved.port;
    CHECK(rig.hears(port_moved));
    CHECK(rig.peer.settled.empty());
    CHECK(rig.hears(kLeft));
    CHECK(rig.peer.settled == Told{kLeft});
}

TEST_CASE("session: a peer negotiated anew is settled anew, the same one stays") {
    Rig rig;
    rig.expect(link_to(kLeft));
    rig.hears(kLeft);
    rig.expect(link_to(kLeft));
    CHECK(rig.peer.settled == Told{kLeft});
    rig.expect(link_to(kRight));
    CHECK(rig.peer.settled == Told{kLeft, std::nullopt});
    CHECK(rig.hears(kRight));
    CHECK(rig.peer.settled == Told{kLeft, std::nullopt, kRight});
}

TEST_CASE("session: who has a key may move, so is never settled") {
    Rig rig;
    rig.expect(link_to(kLeft));
    rig.hears(kLeft);
    LinkSettings secure = link_to(kLeft);
    secure.srtp_receive = secure.srtp_send = kKey;
    rig.expect(secure);
    CHECK(rig.peer.settled == Told{kLeft, std::nullopt});
}

TEST_SUITE_END();
