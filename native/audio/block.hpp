// The unit every audio stage works on: 20 ms of 48 kHz mono int16.
#pragma once

#include <array>
#include <cstdint>

namespace cms::audio {

inline constexpr int sample_rate_hz = 48000;
inline constexpr int tick_ms = 20;
inline constexpr int samples_per_ms = sample_rate_hz / 1000;
inline constexpr int tick_samples = tick_ms * samples_per_ms;

// RFC 6716 section 2.1.4: no Opus packet is longer; the same bound serves the other codecs.
inline constexpr int max_packet_samples = 120 * samples_per_ms;

// One Ethernet MTU less IP, UDP and RTP headers; a longer audio payload is refused as malformed.
inline constexpr int max_payload_bytes = 1460;

using Block = std::array<std::int16_t, tick_samples>;

}  // namespace cms::audio
