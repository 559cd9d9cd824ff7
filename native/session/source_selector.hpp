// Which SSRC is the stream, when the peer changes it: an endpoint that restarts, a bridge that switches sources.
//
// A new SSRC takes over at once, so that nothing of a first key frame is lost; the one just left cannot come back
// while the new one is alive, so stragglers and a second source beside it do not make the stream flap.
#pragma once

#include <cstdint>
#include <optional>

namespace cms::session {

class SourceSelector {
public:
    static constexpr double kAliveS = 2.0;

    enum class Choice : std::uint8_t { Same, New, Ignore };

    Choice choose(std::uint32_t ssrc, double now_s) {
        if (current_ == ssrc) {
            last_s_ = now_s;
            return Choice::Same;
        }
        if (former_ == ssrc && now_s - last_s_ < kAliveS) return Choice::Ignore;
        former_ = current_;
        current_ = ssrc;
        last_s_ = now_s;
        return Choice::New;
    }

    std::optional<std::uint32_t> current() const { return current_; }

private:
    std::optional<std::uint32_t> current_;
    std::optional<std::uint32_t> former_;
    double last_s_ = 0;
};

}  // namespace cms::session
