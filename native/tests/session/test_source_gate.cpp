#include "session/source_gate.hpp"

#include <doctest/doctest.h>

#include "session/world.hpp"

using namespace cms::session;
using namespace cms::test;

namespace {

using Verdict = SourceGate::Verdict;

SourceGate gate() {
    SourceGate fresh;
    fresh.expect(kLeft, 0);
    return fresh;
}

const Address kSameHost = address("192.0.2.1", 40000);
const Address kElsewhere = address("198.51.100.7", 40000);

}  // namespace

TEST_CASE("session: the negotiated address is accepted and answered") {
    SourceGate g = gate();
    CHECK(g.judge(kLeft, false, 0) == Verdict::Accept);
    CHECK(g.peer() == kLeft);
}

TEST_CASE("session: another port of the same host is latched at once") {
    SourceGate g = gate();
    CHECK(g.judge(kSameHost, false, 0) == Verdict::Accept);
    CHECK(g.peer() == kSameHost);
    CHECK(g.judge(kElsewhere, false, 9) == Verdict::Stranger);
}

TEST_CASE("session: another host must prove itself while the negotiated one is silent") {
    SourceGate g = gate();
    for (int i = 0; i < 10; ++i) CHECK(g.judge(kElsewhere, false, 0.02 * i) == Verdict::Unproven);
    CHECK(g.judge(kElsewhere, false, 1.1) == Verdict::Accept);
    CHECK(g.peer() == kElsewhere);
    CHECK(g.latched());
}

TEST_CASE("session: once the negotiated address has spoken, all others are strangers") {
    SourceGate g = gate();
    g.judge(kLeft, false, 0);
    CHECK(g.judge(kSameHost, false, 5) == Verdict::Stranger);
    CHECK(g.judge(kElsewhere, false, 5) == Verdict::Stranger);
    CHECK(g.peer() == kLeft);
}

TEST_CASE("session: the negotiated address takes back what a stranger latched") {
    SourceGate g = gate();
    g.judge(kSameHost, false, 0);
    CHECK(g.judge(kLeft, false, 1) == Verdict::Accept);
    CHECK(g.peer() == kLeft);
    CHECK(g.judge(kSameHost, false, 2) == Verdict::Stranger);
}

TEST_CASE("session: authenticated packets move the peer at any time") {
    SourceGate g = gate();
    g.judge(kLeft, true, 0);
    CHECK(g.judge(kElsewhere, true, 1) == Verdict::Accept);
    CHECK(g.peer() == kElsewhere);
}

TEST_CASE("session: a new negotiation keeps what was learnt unless the address changed") {
    SourceGate g = gate();
    g.judge(kSameHost, false, 0);
    g.expect(kLeft, 1);
    CHECK(g.peer() == kSameHost);
    g.expect(kRight, 2);
    CHECK(g.peer() == kRight);
    CHECK_FALSE(g.latched());
}
