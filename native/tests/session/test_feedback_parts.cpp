// NackGenerator, RetransmissionHistory, KeyFrameLimiter, Pacer, RtcpSchedule, SourceSelector: the small deciders.
#include <doctest/doctest.h>

#include "session/key_frame_limiter.hpp"
#include "session/nack_generator.hpp"
#include "session/pacer.hpp"
#include "session/retransmission_history.hpp"
#include "session/rtcp_schedule.hpp"
#include "session/source_selector.hpp"

using namespace cms::session;

namespace {

std::vector<std::uint16_t> due(NackGenerator& missing, double now_s, std::size_t most = 1000) {
    std::vector<std::uint16_t> out;
    missing.take_due(now_s, 0.05, most, out);
    return out;
}

}  // namespace

TEST_CASE("session: a gap is asked for after the reorder wait, again each round trip, and given up") {
    NackGenerator missing;
    missing.received(100, 0);
    missing.received(103, 0);
    CHECK(due(missing, 0.001).empty());
    CHECK(due(missing, 0.01) == std::vector<std::uint16_t>{101, 102});
    CHECK(due(missing, 0.02).empty());
    missing.received(101, 0.03);
    int asked = 1;
    for (double now_s = 0.03; now_s < 2; now_s += 0.01) asked += due(missing, now_s).empty() ? 0 : 1;
    CHECK(asked == NackGenerator::kTries);
    CHECK(missing.deadline_s() > 1e9);
}

TEST_CASE("session: reordered packets are not asked for") {
    NackGenerator missing;
    for (const int sequence : {1, 3, 2, 4}) missing.received(sequence, 0);
    CHECK(due(missing, 1).empty());
}

TEST_CASE("session: a gap too wide is not worth asking for") {
    NackGenerator missing;
    missing.received(1, 0);
    CHECK_FALSE(missing.received(1000, 0));
    CHECK(due(missing, 1).empty());
}

TEST_CASE("session: what one message has no room for is asked for in the next, and is not counted as asked for") {
    NackGenerator missing;
    missing.received(100, 0);
    missing.received(106, 0);
    CHECK(due(missing, 0.010, 2) == std::vector<std::uint16_t>{101, 102});
    CHECK(missing.deadline_s() < 0.010);
    CHECK(due(missing, 0.011, 2) == std::vector<std::uint16_t>{103, 104});
    CHECK(due(missing, 0.012, 2) == std::vector<std::uint16_t>{105});
    CHECK(due(missing, 0.013, 2).empty());
    std::vector<int> asked(6);
    for (double now_s = 0.02; now_s < 3; now_s += 0.01) {
        for (const std::uint16_t sequence : due(missing, now_s, 2)) ++asked[sequence - 100u];
    }
    CHECK(asked == std::vector<int>{0, 4, 4, 4, 4, 4});
}

TEST_CASE("session: the history gives back the same bytes until they are overwritten") {
    RetransmissionHistory history;
    for (std::uint16_t sequence = 0; sequence < 600; ++sequence) {
        history.slot(sequence, 4)[0] = static_cast<std::uint8_t>(sequence);
        history.commit(sequence, 3);
    }
    CHECK(history.find(10).empty());
    REQUIRE(history.find(599).size() == 3);
    CHECK(history.find(599)[0] == static_cast<std::uint8_t>(599));
}

TEST_CASE("session: the same packet is not sent again at once, and not everything again") {
    RetransmissionHistory history;
    for (std::uint16_t sequence = 0; sequence < 500; ++sequence) {
        history.slot(sequence, 1);
        history.commit(sequence, 1);
    }
    CHECK(history.again(5, 1.0).size() == 1);
    CHECK(history.again(5, 1.001).empty());
    CHECK(history.again(5, 1.1).size() == 1);
    int sent = 0;
    for (std::uint16_t sequence = 10; sequence < 500; ++sequence) sent += history.again(sequence, 2).empty() ? 0 : 1;
    CHECK(sent == static_cast<int>(RetransmissionHistory::kBurstPackets) - 2);
}

TEST_CASE("session: key frame wishes pass once per half second, and a key frame satisfies what waits") {
    KeyFrameLimiter limiter;
    CHECK_FALSE(limiter.take(10));
    limiter.wish();
    CHECK(limiter.take(10));
    limiter.wish();
    CHECK_FALSE(limiter.take(10.3));
    CHECK(limiter.deadline_s() == doctest::Approx(10.5));
    CHECK(limiter.take(10.5));
    limiter.wish();
    limiter.satisfied();
    CHECK_FALSE(limiter.take(12));
}

TEST_CASE("session: a paced burst leaves at its rate with few wake-ups") {
    Pacer pacer;
    pacer.set_rate(8'000'000);
    double now_s = 100;
    std::size_t left = 100'000;
    int wakeups = 0;
    for (; left > 0; now_s = pacer.next_s(now_s), ++wakeups) {
        pacer.refill(now_s);
        for (; left > 0 && pacer.may_send(); left -= 1000) pacer.sent(1000);
    }
    CHECK(now_s - 100 == doctest::Approx(0.09).epsilon(0.05));
    CHECK(wakeups < 50);
}

TEST_CASE("session: what left unpaced does not hold up what is paced later") {
    Pacer pacer;
    pacer.refill(100);
    for (int i = 0; i < 1000; ++i) pacer.sent(1000);
    pacer.set_rate(1'000'000);
    pacer.refill(101);
    CHECK(pacer.may_send());
}

TEST_CASE("session: feedback is early but not crowded") {
    Random random(1);
    RtcpSchedule schedule(1.0, random, 0);
    CHECK_FALSE(schedule.due(0.2));
    CHECK(schedule.due(0.76));
    schedule.sent(1.0);
    CHECK_FALSE(schedule.due(1.4));
    schedule.want_feedback(1.001);
    CHECK_FALSE(schedule.due(1.002));
    CHECK(schedule.due(1.0 + RtcpSchedule::kFeedbackSpacingS));
    schedule.sent(1.1);
    CHECK(schedule.due(2.61));
}

TEST_CASE("session: a new source takes over at once, the old one does not come back while it lives") {
    using Choice = SourceSelector::Choice;
    SourceSelector selector;
    CHECK(selector.choose(1, 0) == Choice::New);
    CHECK(selector.choose(1, 0) == Choice::Same);
    CHECK(selector.choose(2, 1) == Choice::New);
    CHECK(selector.choose(1, 1.1) == Choice::Ignore);
    CHECK(selector.choose(2, 1.2) == Choice::Same);
    CHECK(selector.choose(1, 4) == Choice::New);
}
