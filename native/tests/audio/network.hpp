// A sender and a network in virtual time: seeded jitter, loss, reordering and clock drift in front of an AudioReceiver.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "audio/receiver.hpp"
#include "audio/sender.hpp"
#include "audio/signal.hpp"

namespace cms::audio::test {

struct NetworkSettings {
    Codec codec = Codec::pcmu;
    int packet_time_ms = 20;
    double seconds = 10;
    double drift_ppm = 0;  // positive: the sender's clock is fast
    double phase_s = 0.007;  // of the packets against the ticks
    // Delay of packet number n, nullopt: lost. None: the perfect network.
    std::function<std::optional<double>(int n)> delay_s;
    // Whether the sender is silent at time t (DTX: the timestamp goes on).
    std::function<bool(double t)> pauses;
    double tone_hz = 1000;
    bool pulsing = false;  // loud and quiet by turns, as speech is
    JitterSettings jitter{};
    EncoderSettings encoder{};
};

struct Recording {
    Samples sound;
    std::vector<BlockKind> kinds;
    std::vector<double> delay_ms;  // per tick
    ReceiverStats stats;
    JitterStats jitter;

    // From `from_s` on.
    std::span<const std::int16_t> since(double from_s) const {
        return std::span(sound).subspan(static_cast<std::size_t>(from_s * kSampleRateHz));
    }
};

// Uniform jitter up to `most_s`, seeded.
std::function<std::optional<double>(int)> uniform_jitter(double most_s, unsigned seed);
// Loses this share of packets at random.
std::function<std::optional<double>(int)> random_loss(double share, unsigned seed);

Recording run(const NetworkSettings& settings);

}  // namespace cms::audio::test
