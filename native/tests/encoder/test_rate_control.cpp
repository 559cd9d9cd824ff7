#include "encoder/rate_control.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

using namespace cms::encoder;

namespace {

constexpr int kFps = 30;

// A codec whose bits halve every `halving` QP: `cost` times the activity at QP 24, intra five times that.
struct Codec {
    double cost = 200'000;
    double halving = 5;
    std::size_t bytes(const Plan& plan, bool key_frame) const {
        return static_cast<std::size_t>(cost * (key_frame ? 5 : 1) * std::exp2((24 - plan.qp) / halving) / 8);
    }
};

class Stream {
public:
    explicit Stream(int bitrate_bps, const Coder& coder = {}) : control({3600, 1.0 / kFps, bitrate_bps, coder}) {}

    // Bits of this picture.
    double picture(const Codec& codec, const Activity& activity, bool key_frame = false) {
        Plan plan = control.plan(activity, key_frame, 1.0 / kFps);
        if (plan.hold) return sent(0);
        std::size_t bytes = codec.bytes(plan, key_frame);
        control.encoded(bytes);
        while (control.again(plan)) control.encoded(bytes = codec.bytes(plan, key_frame));
        qp = plan.qp;
        return sent(8.0 * static_cast<double>(bytes));
    }
    double sent(double bits) {
        second.push_back(bits);
        if (second.size() > kFps) second.pop_front();
        return bits;
    }
    double last_second() const { return std::accumulate(second.begin(), second.end(), 0.0); }

    RateControl control;
    int qp = 0;
    std::deque<double> second;
};

constexpr Activity kMoving{6, 8};

}  // namespace

TEST_SUITE_BEGIN("encoder");

TEST_CASE("what is too dear at the coarsest QP is held back to the rate and goes on") {
    Stream stream(300'000);
    const Codec codec{600'000, 5};
    for (int i = 0; i < 10 * kFps; ++i) {
        stream.picture(codec, kMoving);
        CHECK(stream.last_second() <= 1.1 * 300'000);
        if (i < 2 * kFps) continue;  // the key frame is paid back
        CHECK(stream.last_second() >= 0.7 * 300'000);  // one picture takes a tenth of it
        CHECK(std::ranges::count_if(stream.second, [](double bits) { return bits > 0; }) >= 8);
    }
}

TEST_CASE("a second takes the rate, whatever QP that needs") {
    for (const double cost : {50'000.0, 200'000.0, 600'000.0}) {
        Stream stream(1'000'000);
        const Codec codec{cost, 5};
        for (int i = 0; i < 10 * kFps; ++i) {
            stream.picture(codec, kMoving, i == 0 || i == 80);
            if (i >= kFps) CHECK(stream.last_second() <= 1'100'000);
            if (i >= 9 * kFps) CHECK(stream.last_second() >= 850'000);  // bits jump from one QP to the next
        }
    }
}

TEST_CASE("pictures are held one by one, not in a row") {
    Stream stream(300'000);
    const Codec codec{300'000, 5};  // at the coarsest QP half as much again as the rate
    int row = 0, longest = 0;
    for (int i = 0; i < 10 * kFps; ++i) {
        row = stream.picture(codec, kMoving) == 0 ? row + 1 : 0;
        if (i >= 2 * kFps) longest = std::max(longest, row);
    }
    CHECK(longest >= 1);
    CHECK(longest <= 3);
}

TEST_CASE("a first key frame that came out far smaller than it may be is encoded again, finer") {
    Stream stream(500'000);
    const double bits = stream.picture({100'000, 5}, kMoving, true);
    CHECK(bits > 80'000);  // 72'000 at first
    CHECK(bits <= 0.35 * 500'000);
}

TEST_CASE("content that is cheaper than the rate gets its quality and no more") {
    Stream stream(20'000'000);
    for (int i = 0; i < 2 * kFps; ++i) stream.picture({}, kMoving, i == 0);
    CHECK(stream.qp >= 22);
    CHECK(stream.qp <= 27);
    CHECK(stream.control.bucket_s() < 0.05);
}

TEST_CASE("a key frame that comes out too big is encoded again, coarser, until it is within its bound") {
    Stream stream(500'000);
    const double bits = stream.picture({1'000'000, 5}, kMoving, true);
    CHECK(bits <= 0.45 * 500'000);
    CHECK(stream.control.bucket_s() <= RateControl::kDepthS);
}

TEST_CASE("a lower rate does not stop the stream, a higher one is used") {
    Stream stream(2'000'000);
    for (int i = 0; i < 2 * kFps; ++i) stream.picture({}, kMoving, i == 0);
    for (const int rate : {400'000, 1'500'000}) {
        stream.control.set_bitrate(rate);
        int shown = 0;
        for (int i = 0; i < 2 * kFps; ++i) shown += stream.picture({}, kMoving) > 0.1 * rate / kFps;
        CHECK(shown >= 2 * kFps - 1);  // one may be held until it is seen what a coarser one takes
        CHECK(stream.last_second() == doctest::Approx(rate).epsilon(0.15));
    }
}

TEST_CASE("what the pictures after a key frame take is learned, so they are held until there is room for them") {
    Stream stream(1'000'000, {.after_key_share = 0.2});
    const Codec codec{45'000, 30}, after_key{180'000, 30};
    bool after = false;
    for (int i = 0; i < 20 * kFps; ++i) {
        const bool key_frame = i % (4 * kFps) == 0;
        const double bits = stream.picture(after && !key_frame ? after_key : codec, kMoving, key_frame);
        if (bits > 0) after = key_frame;
        if (i >= 5 * kFps) CHECK(stream.last_second() <= 1'100'000);
    }
}

TEST_CASE("what stands still becomes finer by two QP or more at once") {
    Stream stream(500'000);
    constexpr Activity kStill{6, 0.1};
    stream.picture({}, kMoving, true);
    int finest = stream.qp;
    for (int i = 0; i < 20 * kFps; ++i) {
        stream.picture({1'000, 5}, kStill);
        if (stream.qp >= finest) continue;
        CHECK(finest - stream.qp >= 2);
        finest = stream.qp;
    }
    CHECK(finest <= 18);
}

TEST_CASE("after a pause there is no more to spend than before it") {
    Stream stream(500'000);
    for (int i = 0; i < 2 * kFps; ++i) stream.picture({}, kMoving, i == 0);
    Plan plan = stream.control.plan(kMoving, false, 3600.0);
    CHECK(plan.qp >= stream.qp - 2);
}

TEST_CASE("debt beyond what the coarsest QP pays makes it hold pictures, and it goes on later") {
    Stream stream(100'000);
    const Codec rough{100'000, 30};
    int held = 0;
    for (int i = 0; i < 10 * kFps; ++i) held += stream.picture(rough, kMoving, i == 0) == 0;
    CHECK(held > 0);
    CHECK(held < 10 * kFps - 5);
}

TEST_SUITE_END();
