// A receiver that is fed packet by packet, a tick after each.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "audio/receiver.hpp"
#include "audio/signal.hpp"

namespace cms::audio::test {

inline constexpr std::array<ReceiveFormat, 3> kFormats{{{0, Codec::pcmu}, {9, Codec::g722}, {111, Codec::opus}}};

struct Feeder {
    AudioReceiver receiver{kFormats};
    std::int64_t sequence = 100;
    std::uint32_t timestamp = 5000;
    double now = 50;
    Sound block{};

    Received give(std::uint8_t payload_type, std::span<const std::uint8_t> payload, bool quiet = false) {
        return receiver.receive({sequence, timestamp, payload_type, now, payload, quiet});
    }

    // One packet of 20 ms and one tick.
    BlockKind step(std::uint8_t payload_type, std::span<const std::uint8_t> payload) {
        give(payload_type, payload);
        ++sequence;
        timestamp += 160;
        return tick();
    }

    BlockKind tick() {
        now += 0.02;
        const audio::Heard heard = receiver.tick(now);
        block = written(heard);
        return heard.kind;
    }
};

inline const std::vector<std::uint8_t> kLoud(160, 0x10);

}  // namespace cms::audio::test
