// How loud a stream is, and whether that is somebody speaking.
#pragma once

#include <cstdint>
#include <span>

#include "audio/block.hpp"

namespace cms::audio {

// RFC 6465 section 3: 0 is the RMS of a full-scale square wave, a full-scale sine is -3; -127 is digital silence.
inline constexpr float kSilenceDbov = -127.0F;

float rms_dbov(std::span<const std::int16_t> samples);

class LevelMeter {
public:
    // 20 ms at any rate.
    void update(std::span<const std::int16_t> sound);
    // A tick without sound.
    void update_silent();

    float dbov() const { return dbov_; }                    // of the last block
    float smoothed_dbov() const { return smoothed_dbov_; }  // power average with a time constant of 200 ms
    float noise_floor_dbov() const { return floor_dbov_; }
    // Clearly above this stream's own noise floor, and for 300 ms after.
    bool speaking() const { return hangover_ticks_ > 0; }
    // Worth mixing: above -60 dBov, and for 300 ms after, so that no end of a word is cut off. What is below would only add
    // up to noise over many legs.
    bool audible() const { return audible_ticks_ > 0; }

private:
    void advance(float power);

    float smoothed_power_ = 0;
    float dbov_ = kSilenceDbov;
    float smoothed_dbov_ = kSilenceDbov;
    float floor_dbov_ = -60.0F;
    int hangover_ticks_ = 0;
    int audible_ticks_ = 0;
};

}  // namespace cms::audio
