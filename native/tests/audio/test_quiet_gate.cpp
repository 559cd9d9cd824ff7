#include "audio/quiet_gate.hpp"

#include <doctest/doctest.h>

namespace cms::audio {

TEST_CASE("quiet gate: the beginning of a silence is decoded, the rest is not, what comes after is at once") {
    QuietGate gate;
    CHECK(gate.judge(false, false) == Worth::decode);
    for (int i = 0; i < QuietGate::kDecodedPackets; ++i) CHECK(gate.judge(true, false) == Worth::decode);
    for (int i = 0; i < 200; ++i) CHECK(gate.judge(true, false) == Worth::skip);
    CHECK(gate.judge(false, false) == Worth::decode);
    CHECK(gate.judge(true, false) == Worth::decode);
}

TEST_CASE("quiet gate: what a sender says is verified at the beginning and now and then") {
    QuietGate gate;
    int verified = 0;
    for (int i = 0; i < 10 * QuietGate::kVerifiedEvery; ++i) {
        if (gate.judge(false, true) != Worth::verify) continue;
        ++verified;
        gate.heard(-70);
    }
    CHECK(verified == QuietGate::kDecodedPackets + 10);
    CHECK(gate.believes());
}

TEST_CASE("quiet gate: a sender that calls speech quiet is not believed again, a codec's delay is forgiven") {
    QuietGate gate;
    for (int i = 0; i < 10; ++i) {
        CHECK(gate.judge(false, true) == Worth::verify);
        gate.heard(i % 3 < 2 ? -20.0F : -70.0F);
    }
    CHECK(gate.believes());
    for (int i = 0; i < QuietGate::kWrongPackets; ++i) gate.heard(-20);
    CHECK(!gate.believes());
    gate.heard(-70);
    for (int i = 0; i < 100; ++i) CHECK(gate.judge(false, true) == Worth::decode);
    // A silence flag needs no belief.
    for (int i = 0; i < QuietGate::kDecodedPackets; ++i) gate.judge(true, true);
    CHECK(gate.judge(true, true) == Worth::skip);
}

}  // namespace cms::audio
