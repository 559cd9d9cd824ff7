#include "engine/events.hpp"

#include <doctest/doctest.h>
#include <poll.h>

using namespace cms::engine;

namespace {

bool readable(const EventQueue& queue) {
    pollfd one{queue.fd(), POLLIN, 0};
    return ::poll(&one, 1, 0) == 1;
}

AccessUnit unit(int stream, std::uint32_t timestamp, std::size_t bytes = 100) {
    AccessUnit out;
    out.stream = stream;
    out.unit.rtp_timestamp = timestamp;
    out.unit.data.resize(bytes);
    return out;
}

}  // namespace

TEST_SUITE_BEGIN("engine");

TEST_CASE("engine: the descriptor is readable exactly while events wait") {
    EventQueue queue;
    CHECK_FALSE(readable(queue));
    queue.push(KeyFrameRequest{1});
    queue.push(Digit{1, '5'});
    CHECK(readable(queue));
    const auto events = queue.take();
    REQUIRE(events.size() == 2);
    CHECK(std::get<Digit>(events[1]).digit == '5');
    CHECK_FALSE(readable(queue));
}

TEST_CASE("engine: what is patient wakes nobody, and comes with what does or when somebody looks") {
    EventQueue queue;
    queue.push(unit(1, 1), true);
    CHECK_FALSE(readable(queue));
    queue.push(Digit{1, '5'});
    queue.push(unit(1, 2), true);
    CHECK(readable(queue));
    CHECK(queue.take().size() == 3);
    CHECK_FALSE(readable(queue));
    queue.push(unit(1, 3), true);
    CHECK(queue.take().size() == 1);
    queue.push(Digit{1, '6'});
    CHECK(readable(queue));
}

TEST_CASE("engine: who is too slow loses its oldest pictures, and the next one says so") {
    EventQueue queue;
    queue.push(unit(2, 1000));
    for (std::uint32_t i = 0; i < EventQueue::kUnitsPerStream; ++i) CHECK(queue.push(unit(1, i)));
    CHECK_FALSE(queue.push(unit(1, 777)));
    CHECK(queue.dropped() == 1);
    const auto events = queue.take();
    REQUIRE(events.size() == EventQueue::kUnitsPerStream + 1);
    CHECK_FALSE(std::get<AccessUnit>(events[0]).unit.damaged);
    CHECK(std::get<AccessUnit>(events[1]).unit.rtp_timestamp == 1);
    CHECK(std::get<AccessUnit>(events[1]).unit.damaged);
    CHECK_FALSE(std::get<AccessUnit>(events[2]).unit.damaged);
}

TEST_CASE("engine: big pictures are bounded by their bytes, and only their own stream loses any") {
    EventQueue queue;
    queue.push(unit(2, 1000));
    const std::size_t third = EventQueue::kBytesPerStream / 3;
    for (std::uint32_t i = 0; i < 3; ++i) CHECK(queue.push(unit(1, i, third)));
    CHECK_FALSE(queue.push(unit(1, 3, third)));
    // Two of the three that wait must go for it.
    CHECK_FALSE(queue.push(unit(1, 4, 2 * third)));
    CHECK(queue.dropped() == 3);
    const auto events = queue.take();
    REQUIRE(events.size() == 3);
    CHECK(std::get<AccessUnit>(events[0]).stream == 2);
    CHECK(std::get<AccessUnit>(events[1]).unit.rtp_timestamp == 3);
    CHECK(std::get<AccessUnit>(events[1]).unit.damaged);
    CHECK_FALSE(std::get<AccessUnit>(events[2]).unit.damaged);
}

TEST_CASE("engine: a picture after one that was lost is marked though nothing of its stream waited any more") {
    EventQueue queue;
    queue.push(unit(1, 0, EventQueue::kBytesPerStream - 1));
    CHECK_FALSE(queue.push(unit(1, 1)));
    CHECK(queue.push(unit(1, 2)));
    const auto events = queue.take();
    REQUIRE(events.size() == 2);
    CHECK(std::get<AccessUnit>(events[0]).unit.damaged);
    CHECK_FALSE(std::get<AccessUnit>(events[1]).unit.damaged);
}

TEST_CASE("engine: all streams together are bounded, and a stream's loss is remembered beyond the next taking") {
    EventQueue queue;
    const std::size_t each = EventQueue::kBytesPerStream;
    const int fitting = static_cast<int>(EventQueue::kMaxBytes / each);
    for (int stream = 0; stream < fitting; ++stream) CHECK(queue.push(unit(stream, 0, each)));
    CHECK_FALSE(queue.push(unit(fitting, 0, each)));
    CHECK(queue.take().size() == static_cast<std::size_t>(fitting));
    queue.push(unit(0, 1));
    queue.push(unit(1, 1));
    const auto events = queue.take();
    REQUIRE(events.size() == 2);
    CHECK(std::get<AccessUnit>(events[0]).unit.damaged);
    CHECK_FALSE(std::get<AccessUnit>(events[1]).unit.damaged);
}

TEST_CASE("engine: other events are bounded too") {
    EventQueue queue;
    for (std::size_t i = 0; i < EventQueue::kMaxEvents + 5; ++i) queue.push(StreamState{1, true});
    CHECK(queue.take().size() == EventQueue::kMaxEvents);
    CHECK(queue.dropped() == 5);
}

TEST_SUITE_END();
