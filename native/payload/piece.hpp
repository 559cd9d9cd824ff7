// One RTP payload to be sent: a few bytes of payload header and a stretch of the encoded picture, not yet copied.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "wire/bytes.hpp"

namespace cms::payload {

using wire::Bytes;
using wire::MutableBytes;

struct PayloadPiece {
    std::array<std::uint8_t, 4> prefix{};
    std::uint8_t prefix_bytes = 0;
    bool marker = false;  // of the RTP header: last packet of the picture
    Bytes body;           // into the picture, or into the packetizer that made the piece

    std::size_t size() const { return prefix_bytes + body.size(); }

    // Copies the payload to `out`; returns its size, 0 when there is no room.
    std::size_t write(MutableBytes out) const {
        if (out.size() < size()) return 0;
        const auto after = std::copy_n(prefix.begin(), prefix_bytes, out.begin());
        std::copy(body.begin(), body.end(), after);
        return size();
    }
};

}  // namespace cms::payload
