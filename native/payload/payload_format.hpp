// The seam between FrameAssembler, which knows packets, and a codec's payload format, which knows what is in them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "payload/codec.hpp"
#include "wire/bytes.hpp"

namespace cms::payload {

using wire::Bytes;
using wire::MutableBytes;

// What is inside the payloads of one codec. Calls come as begin, append..., end for each picture.
class PayloadFormat {
public:
    virtual ~PayloadFormat() = default;

    // True when a picture can begin with this payload, as far as its first bytes tell.
    virtual bool begins_picture(Bytes payload) const = 0;

    virtual void begin() = 0;

    // Adds the payload's part of the picture to `out`. False: malformed, nothing added. `after_loss`: packets
    // between the last payload and this one are missing.
    virtual bool append(Bytes payload, bool after_loss, std::vector<std::uint8_t>& out) = 0;

    struct Verdict {
        bool picture = false;    // there is something to decode; false for parameter sets alone
        bool key_frame = false;  // decoding can start here
        bool whole = false;      // nothing inside was cut off
    };
    virtual Verdict end(std::vector<std::uint8_t>& out) = 0;

    // After a discontinuity: forget a picture in progress, keep what outlives pictures (parameter sets).
    virtual void reset() = 0;
};

std::unique_ptr<PayloadFormat> make_payload_format(VideoCodec codec);

}  // namespace cms::payload
