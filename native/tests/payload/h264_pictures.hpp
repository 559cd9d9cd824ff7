// H.264 pictures made up for tests: right in all that a payload format looks at, noise in what only a decoder reads.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "wire/hex.hpp"

namespace cms::test {

using Nal = std::vector<std::uint8_t>;

// What x264 writes for constrained baseline at 1280x720, and its picture parameter set.
inline const Nal kSps = hex("6742c01fda014016e840000003004000000f23c60ca8");
inline const Nal kPps = hex("68ce3c80");

inline Nal make_slice(std::mt19937& random, bool idr, bool first, std::size_t bytes) {
    Nal nal{static_cast<std::uint8_t>(idr ? 0x65 : 0x41), static_cast<std::uint8_t>(first ? 0x88 : 0x40)};
    // No zero bytes: so no start code inside and no trailing zero, as an encoder's emulation prevention guarantees.
    while (nal.size() < bytes) nal.push_back(static_cast<std::uint8_t>(1 + random() % 255));
    return nal;
}

inline std::vector<std::uint8_t> annex_b(const std::vector<Nal>& nals) {
    std::vector<std::uint8_t> bytes;
    for (const Nal& nal : nals) {
        bytes.insert(bytes.end(), {0, 0, 0, 1});
        bytes.insert(bytes.end(), nal.begin(), nal.end());
    }
    return bytes;
}

// Key pictures carry their parameter sets; sizes vary as real ones do.
inline std::vector<std::uint8_t> make_picture(std::mt19937& random, bool key) {
    std::vector<Nal> nals;
    if (key) nals = {kSps, kPps};
    const unsigned slices = 1 + random() % 4;
    for (unsigned i = 0; i < slices; ++i) {
        nals.push_back(make_slice(random, key, i == 0, 2 + random() % (key ? 9000 : 2500)));
    }
    return annex_b(nals);
}

}  // namespace cms::test
