// A whole room in one step, as tests and benchmarks of the mixer want it; the engine takes the steps one by one.
#pragma once

#include <span>

#include "audio/room_mixer.hpp"

namespace cms::audio {

// One leg's part in a tick, for mix_room.
struct MixLeg {
    const std::int16_t* contribution = nullptr;  // nullptr: silent or muted
    const std::int16_t* player = nullptr;        // nullptr: nothing private
    std::int16_t* out = nullptr;                 // nullptr: does not listen
    Limiter* limiter = nullptr;
    bool audible = false;  // set by mix_room: out is not silence
    Rate rate = Rate::khz48;
};

inline void mix_room(RoomMixer& mixer, std::span<MixLeg> legs) {
    mixer.begin();
    for (const MixLeg& leg : legs) {
        if (leg.contribution != nullptr) mixer.add(leg.rate, leg.contribution);
        if (leg.out != nullptr) mixer.expect(leg.rate);
    }
    mixer.join();
    for (MixLeg& leg : legs)
        leg.audible =
            leg.out != nullptr && mixer.listen(leg.rate, leg.contribution, leg.player, *leg.limiter, leg.out);
}

}  // namespace cms::audio
