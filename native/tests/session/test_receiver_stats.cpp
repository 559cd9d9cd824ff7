#include "session/receiver_stats.hpp"

#include <doctest/doctest.h>

using namespace cms::session;

namespace {

constexpr int kClockHz = 8000;

// 20 ms packets, as a peer with a perfect clock sends them.
std::optional<std::int64_t> feed(RtpReceiverStats& stats, int number, double extra_delay_s = 0) {
    return stats.received(static_cast<std::uint16_t>(number), static_cast<std::uint32_t>(number) * 160, kClockHz,
                          number * 0.02 + extra_delay_s);
}

}  // namespace

TEST_CASE("session: sequence numbers go on across the wrap") {
    RtpReceiverStats stats;
    const auto first = feed(stats, 65534);
    REQUIRE(first);
    for (int i = 65535; i < 65540; ++i) CHECK(feed(stats, i) == *first + (i - 65534));
    CHECK(stats.lost() == 0);
}

TEST_CASE("session: loss is what is missing, and a late packet makes it good") {
    RtpReceiverStats stats;
    for (const int i : {10, 11, 13, 14}) feed(stats, i);
    CHECK(stats.lost() == 1);
    feed(stats, 12);
    CHECK(stats.lost() == 0);
}

TEST_CASE("session: the fraction lost is counted per interval (RFC 3550 A.3)") {
    RtpReceiverStats stats;
    for (int i = 0; i < 100; ++i) {
        if (i % 4 != 1) feed(stats, i);
    }
    const auto block = stats.report(7, 2.0);
    CHECK(block.ssrc == 7);
    CHECK(block.fraction_lost == 64);
    CHECK(block.packets_lost == 25);
    CHECK(block.highest_sequence == 99);
    for (int i = 100; i < 110; ++i) feed(stats, i);
    CHECK(stats.report(7, 2.2).fraction_lost == 0);
}

TEST_CASE("session: steady arrival has no jitter, alternating arrival as much as it alternates (RFC 3550 A.8)") {
    RtpReceiverStats steady;
    RtpReceiverStats uneven;
    for (int i = 0; i < 500; ++i) {
        feed(steady, i);
        feed(uneven, i, i % 2 == 0 ? 0 : 0.004);
    }
    CHECK(steady.jitter_s() < 1e-6);
    CHECK(uneven.jitter_s() == doctest::Approx(0.004).epsilon(0.01));
}

TEST_CASE("session: a far jump is believed when the next packet follows it") {
    RtpReceiverStats stats;
    for (int i = 0; i < 10; ++i) feed(stats, i);
    CHECK_FALSE(feed(stats, 40000));
    CHECK(feed(stats, 10));
    CHECK_FALSE(feed(stats, 40000));
    const auto extended = feed(stats, 40001);
    REQUIRE(extended);
    CHECK(*extended > 65536 + 9);
    CHECK((*extended & 0xffff) == 40001);
    CHECK(stats.restarts() == 1);
    CHECK(stats.lost() == 0);
}

TEST_CASE("session: a report tells when the last sender report came") {
    RtpReceiverStats stats;
    feed(stats, 1);
    CHECK(stats.report(1, 1.0).last_sr == 0);
    stats.sender_report(0x0123456789abcdefULL, 1.0);
    const auto block = stats.report(1, 1.5);
    CHECK(block.last_sr == 0x456789abU);
    CHECK(block.delay_since_sr == 0x8000);
}
