// The header extension in which a sender tells how loud a packet of audio is (RFC 6464), so that a mixer need not decode it to
// know; elements of header extensions are RFC 8285's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "wire/rtp.hpp"

namespace cms::wire {

// A header extension with the one element, in the one-byte form.
inline constexpr std::size_t kAudioLevelBytes = 8;
inline constexpr std::uint8_t kMaxOneByteId = 14;

// In -dBov, 0 (loudest) to 127 (digital silence); nothing when the packet has no element `id`, or an empty one.
std::optional<int> audio_level(const RtpView& packet, std::uint8_t id);

// Adds the extension to a packet that so far is its fixed header alone. `id` is 1 to kMaxOneByteId, `level` as above; `voice`:
// it is somebody who speaks. Returns the bytes of the header now, 0 when there is no room.
std::size_t write_audio_level(MutableBytes packet, std::uint8_t id, int level, bool voice);

}  // namespace cms::wire
