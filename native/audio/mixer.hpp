// Mixing of one room in one tick: a sum in 32 bits, and for each listener the sum less its own part (mix-minus).
//
// begin -> add every contributor -> listen for each listener. No allocation, no virtual call, O(legs).
// Blocks are 20 ms of 48 kHz mono int16, pointed to, kTickSamples each.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "audio/block.hpp"

namespace cms::audio {

// Keeps a sum inside int16 by turning it down, faded within the block; one per output, it remembers the gain.
class Limiter {
public:
    // Writes `sum` as int16.
    void apply(std::span<const std::int32_t, kTickSamples> sum, std::int16_t* out);
    // At full gain: a sum that fits may be passed on without it.
    bool idle() const { return gain_ == 1.0F; }
    float gain() const { return gain_; }

private:
    float gain_ = 1.0F;
};

class Mixer {
public:
    // A new tick.
    void begin();

    // `block` is heard by all others. Silent and muted legs are not added at all.
    void add(const std::int16_t* block);

    // What one listener hears: everybody, less `own` (nullptr: it did not contribute), plus `player` (nullptr: none),
    // which is heard by this listener alone. Returns false for silence; `out` is then all zero.
    bool listen(const std::int16_t* own, const std::int16_t* player, Limiter& limiter, std::int16_t* out) const;

    int contributors() const { return contributors_; }

private:
    alignas(64) std::array<std::int32_t, kTickSamples> sum_{};
    int contributors_ = 0;
};

// One leg's part in a tick, for mix_room.
struct MixLeg {
    const std::int16_t* contribution = nullptr;  // nullptr: silent or muted
    const std::int16_t* player = nullptr;        // nullptr: nothing private
    std::int16_t* out = nullptr;                 // nullptr: does not listen
    Limiter* limiter = nullptr;
    bool audible = false;                        // set by mix_room: out is not silence
};

// A whole room at once. Legs without contribution and player hear the same: their `out` may be shared by leaving all but
// one of them out of `legs`, and so may its encode.
void mix_room(Mixer& mixer, std::span<MixLeg> legs);

}  // namespace cms::audio
