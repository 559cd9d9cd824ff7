// Counts a peer's faults by kind and tells the first of each.
#pragma once

#include <array>
#include <cstdint>

#include "session/ports.hpp"

namespace cms::session {

class FaultLog {
public:
    explicit FaultLog(SessionEvents& events) : events_(events) {}

    void note(Fault fault, const Address& peer) {
        if (count_[index(fault)]++ == 0) events_.on_fault(fault, peer);
    }

    std::uint64_t count(Fault fault) const { return count_[index(fault)]; }

private:
    static std::size_t index(Fault fault) { return static_cast<std::size_t>(fault); }

    SessionEvents& events_;
    std::array<std::uint64_t, kFaultKinds> count_{};
};

}  // namespace cms::session
