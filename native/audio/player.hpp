// Plays a sound to one listener: a prompt, a tone, music on hold.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "audio/block.hpp"

namespace cms::audio {

class Player {
public:
    // 48 kHz mono samples that must stay alive until stop, the next play, or finished; what still fades is copied.
    void play(std::span<const std::int16_t> samples, bool loop, float gain);

    // Fades out within 5 ms.
    void stop();

    // Writes the next 20 ms; false: nothing plays and nothing was written.
    bool tick(Block& block);

    // Whether tick would write anything.
    bool plays() const { return !samples_.empty() || has_tail_; }
    bool finished() const { return samples_.empty(); }

private:
    static constexpr int kFadeSamples = 5 * kSamplesPerMs;

    void copy_next(std::span<std::int16_t> out);

    std::span<const std::int16_t> samples_;
    std::size_t position_ = 0;
    bool loop_ = false;
    float gain_ = 1.0F;
    int faded_in_ = 0;
    std::array<std::int16_t, kFadeSamples> tail_{};
    bool has_tail_ = false;
};

}  // namespace cms::audio
