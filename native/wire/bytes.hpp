// Byte spans and network byte order: what every parser and builder of this core stands on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace cms::wire {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

// The callers check the length once per structure, so the loads and stores below do not.

inline std::uint16_t load_u16(const std::uint8_t* at) { return static_cast<std::uint16_t>(at[0] << 8 | at[1]); }

inline std::uint32_t load_u24(const std::uint8_t* at) {
    return static_cast<std::uint32_t>(at[0]) << 16 | static_cast<std::uint32_t>(at[1]) << 8 | at[2];
}

inline std::uint32_t load_u32(const std::uint8_t* at) {
    return static_cast<std::uint32_t>(load_u16(at)) << 16 | load_u16(at + 2);
}

inline std::uint64_t load_u64(const std::uint8_t* at) {
    return static_cast<std::uint64_t>(load_u32(at)) << 32 | load_u32(at + 4);
}

inline void store_u16(std::uint8_t* at, std::uint16_t value) {
    at[0] = static_cast<std::uint8_t>(value >> 8);
    at[1] = static_cast<std::uint8_t>(value);
}

inline void store_u24(std::uint8_t* at, std::uint32_t value) {
    at[0] = static_cast<std::uint8_t>(value >> 16);
    store_u16(at + 1, static_cast<std::uint16_t>(value));
}

inline void store_u32(std::uint8_t* at, std::uint32_t value) {
    store_u16(at, static_cast<std::uint16_t>(value >> 16));
    store_u16(at + 2, static_cast<std::uint16_t>(value));
}

inline void store_u64(std::uint8_t* at, std::uint64_t value) {
    store_u32(at, static_cast<std::uint32_t>(value >> 32));
    store_u32(at + 4, static_cast<std::uint32_t>(value));
}

}  // namespace cms::wire
