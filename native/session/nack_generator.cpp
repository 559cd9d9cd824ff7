#include "session/nack_generator.hpp"

#include <algorithm>
#include <limits>

namespace cms::session {

namespace {
constexpr double kMinRetryS = 0.02;
constexpr double kMaxRetryS = 0.25;
}  // namespace

bool NackGenerator::received(std::int64_t sequence, double now_s) {
    if (!started_) {
        started_ = true;
        highest_ = sequence;
        return true;
    }
    if (sequence <= highest_) {
        std::erase_if(missing_, [sequence](const Missing& m) { return m.sequence == sequence; });
        return true;
    }
    const auto gap = static_cast<std::size_t>(sequence - highest_ - 1);
    const bool fillable = missing_.size() + gap <= kMaxMissing;
    if (!fillable) missing_.clear();
    for (std::int64_t lost = highest_ + 1; fillable && lost < sequence; ++lost) {
        missing_.push_back({lost, now_s + kReorderS, 0});
    }
    highest_ = sequence;
    return fillable;
}

void NackGenerator::take_due(double now_s, double round_trip_s, std::size_t most, std::vector<std::uint16_t>& out) {
    const double retry_s = std::clamp(round_trip_s * 1.2, kMinRetryS, kMaxRetryS);
    for (Missing& m : missing_) {
        if (out.size() >= most) break;
        if (m.ask_s > now_s) continue;
        if (m.tries < kTries) out.push_back(static_cast<std::uint16_t>(m.sequence));
        ++m.tries;
        m.ask_s = now_s + retry_s;
    }
    std::erase_if(missing_, [](const Missing& m) { return m.tries > kTries; });
}

double NackGenerator::deadline_s() const {
    double next_s = std::numeric_limits<double>::infinity();
    for (const Missing& m : missing_) next_s = std::min(next_s, m.ask_s);
    return next_s;
}

void NackGenerator::reset() { *this = NackGenerator{}; }

}  // namespace cms::session
