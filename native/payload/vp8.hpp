// VP8 over RTP (RFC 7741): packetizer with 15-bit picture ids, the receiving format, the size in a key frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "payload/codec.hpp"
#include "payload/frame_assembler.hpp"
#include "payload/piece.hpp"

namespace cms::payload {

class Vp8Packetizer {
public:
    // `first_picture_id`: random is best (RFC 7741 §4.2); only its low 15 bits count.
    Vp8Packetizer(std::size_t max_payload_bytes, std::uint16_t first_picture_id);

    // Cuts one encoded frame into RTP payloads of equal size, the last a little shorter; `out` is cleared first. The pieces
    // point into `frame`. All go out as partition 0: what matters to receivers is only where the frame begins.
    void packetize(Bytes frame, std::vector<PayloadPiece>& out);

private:
    std::size_t max_body_bytes_;
    std::uint16_t picture_id_;
};

// Reads descriptors with or without picture id (7 or 15 bits), TL0PICIDX, TID and KEYIDX.
class Vp8Format final : public PayloadFormat {
public:
    bool begins_picture(Bytes payload) const override;
    void begin() override;
    bool append(Bytes payload, bool after_loss, std::vector<std::uint8_t>& out) override;
    Verdict end(std::vector<std::uint8_t>& out) override;
    void reset() override;

private:
    bool started_ = false;  // the packet with the frame header came
    bool cut_ = false;
};

// RFC 6386 §9.1. Nothing for inter frames and malformed ones.
std::optional<PictureSize> vp8_picture_size(Bytes frame);
bool vp8_key_frame(Bytes frame);

}  // namespace cms::payload
