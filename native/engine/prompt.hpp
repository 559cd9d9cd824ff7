// What is played to one leg alone: a prompt, a tone, music on hold.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "audio/player.hpp"
#include "audio/resampler.hpp"

namespace cms::engine {

// Mono at 48 kHz.
using Samples = std::shared_ptr<const std::vector<std::int16_t>>;

class Prompt {
public:
    void play(Samples samples, bool loop, float gain);
    void stop();

    // The next 20 ms at `rate`, valid until the next call; nullptr: nothing plays.
    const std::int16_t* tick(audio::Rate rate);

private:
    Samples samples_;  // what the player reads
    audio::Player player_;
    audio::LegConverter converter_;
    bool rings_ = false;  // it ended in the last tick: the filter is not empty yet
    audio::Block wide_;
};

}  // namespace cms::engine
