// Which packets to ask for again (RFC 4585 section 6.2.1), when, and when to stop.
//
// A gap is asked for after a short wait for reordering, again after each round trip, and given up after `kTries`.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace cms::session {

class NackGenerator {
public:
    static constexpr double kReorderS = 0.008;
    static constexpr int kTries = 5;
    // More missing at once is not worth asking for: a key frame is cheaper.
    static constexpr std::size_t kMaxMissing = 256;

    // Sequences are extended. Returns false when the gap is too wide to be filled: nothing is asked for.
    bool received(std::int64_t sequence, double now_s);

    // The first `most` missing packets whose time has come, in order; each counts as asked for once more. The others stay
    // due.
    void take_due(double now_s, double round_trip_s, std::size_t most, std::vector<std::uint16_t>& out);

    double deadline_s() const;
    void reset();

private:
    struct Missing {
        std::int64_t sequence;
        double ask_s;
        int tries;
    };

    bool started_ = false;
    std::int64_t highest_ = 0;
    std::deque<Missing> missing_;  // by sequence
};

}  // namespace cms::session
