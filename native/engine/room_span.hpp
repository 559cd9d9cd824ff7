// A room whose legs are in several processes: each writes the sum of its own talkers into a ring, all others read it.
//
// Ticks fall on the same moments everywhere, so what a process reads is what the others mixed one tick ago: 20 ms more
// than if they were one. A sum that is not there in time is silence for a tick, and counted.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "audio/mixer.hpp"
#include "engine/slot_ring.hpp"

namespace cms::engine {

class RoomSpan {
public:
    RoomSpan() = default;
    // Throws std::invalid_argument when a ring's slots are too small.
    RoomSpan(std::shared_ptr<SlotRing> write, std::vector<std::shared_ptr<SlotRing>> read);

    bool empty() const { return write_ == nullptr && read_.empty(); }

    // Looks what each other process said one tick ago: those that are heard at all, in 16 bits, until the next read.
    void read(std::uint64_t tick);
    std::span<const std::int16_t* const> heard() const { return heard_; }
    // Hands out a sum of 48 kHz samples less what heard() put into it.
    void write(std::uint64_t tick, std::span<const std::int32_t> sum);

    std::uint64_t missed() const { return missed_; }

private:
    using Sum = std::array<std::int32_t, audio::kTickSamples>;

    struct Other {
        audio::Limiter limiter;
        audio::Block block;
        bool begun = false;
    };

    std::shared_ptr<SlotRing> write_;
    std::vector<std::shared_ptr<SlotRing>> read_;
    std::vector<Other> others_;  // as `read_`
    std::vector<const std::int16_t*> heard_;
    std::uint64_t missed_ = 0;
};

}  // namespace cms::engine
