// Mixing of one room in one tick: a sum in 32 bits, and for each listener the sum less its own part (mix-minus).
//
// begin -> add every contributor -> listen for each listener. No allocation, no virtual call, O(legs).
// Blocks are 20 ms of mono int16 at the mixer's rate, pointed to, tick_samples(rate) each. A room whose legs have several
// rates has a mixer for each (room_mixer.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "audio/block.hpp"

namespace cms::audio {

// Keeps a sum inside int16 by turning it down, faded within the block; one per output, it remembers the gain.
class Limiter {
public:
    // Writes `sum`, a tick at any rate, as int16.
    void apply(std::span<const std::int32_t> sum, std::int16_t* out);
    // At full gain: a sum that fits may be passed on without it.
    bool idle() const { return gain_ == 1.0F; }
    float gain() const { return gain_; }

private:
    float gain_ = 1.0F;
};

class Mixer {
public:
    explicit Mixer(Rate rate = Rate::khz48) : samples_(tick_samples(rate)) {}

    // A new tick.
    void begin();

    // `block` is heard by all others. Silent and muted legs are not added at all.
    void add(const std::int16_t* block);

    // What one listener hears: everybody, less `own` (nullptr: it did not contribute), plus `player` (nullptr: none),
    // which is heard by this listener alone. Returns false for silence; `out` is then all zero.
    bool listen(const std::int16_t* own, const std::int16_t* player, Limiter& limiter, std::int16_t* out) const;

    int contributors() const { return contributors_; }

    // Of the contributors so far; what is added to it beside `add` is announced by `foreign`.
    std::span<std::int32_t> sum() { return {sum_.data(), static_cast<std::size_t>(samples_)}; }
    std::span<const std::int32_t> sum() const { return {sum_.data(), static_cast<std::size_t>(samples_)}; }
    void foreign() { foreign_ = true; }

private:
    int samples_;
    bool foreign_ = false;
    alignas(64) std::array<std::int32_t, kTickSamples> sum_{};
    int contributors_ = 0;
};

}  // namespace cms::audio
