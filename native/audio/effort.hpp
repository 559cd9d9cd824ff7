// How hard each of a worker's Opus encoders tries: less, the more there are.
//
// Measured with libopus 1.3.1, 48 kHz, 40 kbit/s, audio mode, a synthetic voice, per packet of 20 ms: complexity 5 takes 50 µs and
// is 18.0 dB above its coding noise, 1 takes 26 µs (15.9 dB), 0 takes 17.5 µs (15.2 dB); what lies between gains nothing.
#pragma once

namespace cms::audio {

// For an encode that several listen to, and wherever there is time.
inline constexpr int kFullComplexity = 5;

// When so many encode in the same tick, each for one listener. Either step keeps them below a twentieth of a core.
constexpr int complexity_for(int encoders) {
    constexpr int full = 16;
    constexpr int some = 40;
    if (encoders <= full) return kFullComplexity;
    return encoders <= some ? 1 : 0;
}

}  // namespace cms::audio
