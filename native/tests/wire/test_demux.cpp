#include "wire/demux.hpp"

#include <doctest/doctest.h>

#include "wire/hex.hpp"

using namespace cms::wire;

TEST_CASE("demux: first bytes tell the protocol") {
    struct Row {
        const char* bytes;
        PacketKind kind;
    };
    const Row rows[] = {
        {"0001", PacketKind::Stun},        {"0300", PacketKind::Stun},    {"0400", PacketKind::Unknown},
        {"1000", PacketKind::Zrtp},        {"1400", PacketKind::Dtls},    {"3fff", PacketKind::Dtls},
        {"4000", PacketKind::TurnChannel}, {"4f00", PacketKind::TurnChannel}, {"5000", PacketKind::Unknown},
        {"8000", PacketKind::Rtp},         {"80e0", PacketKind::Rtp},     {"bf7f", PacketKind::Rtp},
        {"80c8", PacketKind::Rtcp},        {"81cd", PacketKind::Rtcp},    {"80c0", PacketKind::Rtcp},
        {"80df", PacketKind::Rtcp},        {"80bf", PacketKind::Rtp},     {"c000", PacketKind::Unknown},
        {"80", PacketKind::Unknown},       {"", PacketKind::Unknown},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.bytes));
        CHECK(classify(cms::test::hex(row.bytes)) == row.kind);
    }
}
