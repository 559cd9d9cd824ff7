// NAL unit types and header fields that both directions of the H.264 payload format use.
#pragma once

#include <array>
#include <cstdint>

namespace cms::payload::h264 {

// ITU-T H.264 table 7-1; from 24 on RFC 6184 §5.2.
enum NalType : std::uint8_t {
    kSlice = 1,
    kIdrSlice = 5,
    kSei = 6,
    kSequenceSet = 7,
    kPictureSet = 8,
    kDelimiter = 9,
    kLastNal = 23,
    kStapA = 24,
    kFuA = 28
};

inline constexpr std::uint8_t kForbiddenBit = 0x80;
inline constexpr std::uint8_t kReferenceBits = 0x60;
inline constexpr std::uint8_t kTypeBits = 0x1F;
inline constexpr std::uint8_t kFragmentStart = 0x80;
inline constexpr std::uint8_t kFragmentEnd = 0x40;
inline constexpr std::array<std::uint8_t, 4> kStartCode{0, 0, 0, 1};

inline std::uint8_t nal_type(std::uint8_t header) { return header & kTypeBits; }

}  // namespace cms::payload::h264
