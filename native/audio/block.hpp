// The unit every audio stage works on: 20 ms of 48 kHz mono int16.
#pragma once

#include <array>
#include <cstdint>

namespace cms::audio {

inline constexpr int kSampleRateHz = 48000;
inline constexpr int kTickMs = 20;
inline constexpr int kSamplesPerMs = kSampleRateHz / 1000;
inline constexpr int kTickSamples = kTickMs * kSamplesPerMs;

// RFC 6716 section 2.1.4: no Opus packet is longer; the same bound serves the other codecs.
inline constexpr int kMaxPacketSamples = 120 * kSamplesPerMs;

// One Ethernet MTU less IP, UDP and RTP headers; a longer audio payload is refused as malformed.
inline constexpr int kMaxPayloadBytes = 1460;

using Block = std::array<std::int16_t, kTickSamples>;

}  // namespace cms::audio
