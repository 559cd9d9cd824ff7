#include "payload/vp8.hpp"

#include <algorithm>

namespace cms::payload {

namespace {

// RFC 7741 §4.2, first byte and extension byte.
constexpr std::uint8_t kExtended = 0x80;
constexpr std::uint8_t kStartOfPartition = 0x10;
constexpr std::uint8_t kPartitionBits = 0x07;
constexpr std::uint8_t kPictureId = 0x80;
constexpr std::uint8_t kTl0PicIdx = 0x40;
constexpr std::uint8_t kTemporalLayer = 0x20;
constexpr std::uint8_t kKeyIndex = 0x10;
constexpr std::uint8_t kLongPictureId = 0x80;
constexpr std::size_t kDescriptorBytes = 4;  // of ours: first byte, extension byte, 15-bit picture id
constexpr std::size_t kKeyFrameHeaderBytes = 10;

// Bytes of the payload descriptor; 0 when it is cut off or nothing follows it.
std::size_t descriptor_bytes(Bytes payload) {
    if (payload.empty()) return 0;
    std::size_t bytes = 1;
    if ((payload[0] & kExtended) != 0) {
        if (payload.size() < 2) return 0;
        const std::uint8_t extension = payload[1];
        ++bytes;
        if ((extension & kPictureId) != 0) {
            if (payload.size() <= bytes) return 0;
            bytes += (payload[bytes] & kLongPictureId) != 0 ? 2 : 1;
        }
        if ((extension & kTl0PicIdx) != 0) ++bytes;
        if ((extension & (kTemporalLayer | kKeyIndex)) != 0) ++bytes;
    }
    return bytes < payload.size() ? bytes : 0;
}

bool starts_frame(std::uint8_t first) {
    return (first & kStartOfPartition) != 0 && (first & kPartitionBits) == 0;
}

}  // namespace

Vp8Packetizer::Vp8Packetizer(std::size_t max_payload_bytes, std::uint16_t first_picture_id)
    : max_body_bytes_(std::max<std::size_t>(max_payload_bytes, 64) - kDescriptorBytes),
      picture_id_(first_picture_id & 0x7FFF) {}

void Vp8Packetizer::packetize(Bytes frame, std::vector<PayloadPiece>& out) {
    out.clear();
    std::size_t left = (frame.size() + max_body_bytes_ - 1) / max_body_bytes_;
    const std::size_t each = left > 0 ? (frame.size() + left - 1) / left : 0;
    for (; left > 0; --left) {
        const std::size_t bytes = std::min(each, frame.size());
        PayloadPiece piece{.prefix = {}, .body = frame.first(bytes)};
        piece.prefix[0] = out.empty() ? kExtended | kStartOfPartition : kExtended;
        piece.prefix[1] = kPictureId;
        wire::store_u16(piece.prefix.data() + 2, static_cast<std::uint16_t>(0x8000 | picture_id_));
        piece.prefix_bytes = kDescriptorBytes;
        piece.marker = left == 1;
        out.push_back(piece);
        frame = frame.subspan(bytes);
    }
    if (!out.empty()) picture_id_ = (picture_id_ + 1) & 0x7FFF;
}

bool Vp8Format::begins_picture(Bytes payload) const { return !payload.empty() && starts_frame(payload[0]); }

void Vp8Format::begin() { started_ = cut_ = false; }

void Vp8Format::reset() { begin(); }

// After a loss only the beginning of the frame is kept: without it the partitions that follow cannot be placed.
bool Vp8Format::append(Bytes payload, bool after_loss, std::vector<std::uint8_t>& out) {
    const std::size_t descriptor = descriptor_bytes(payload);
    if (descriptor == 0) return false;
    const bool starts = starts_frame(payload[0]);
    if (starts && started_) return false;
    if (!starts && (after_loss || !started_)) cut_ = true;
    started_ = started_ || starts;
    if (started_ && !cut_) {
        const Bytes body = payload.subspan(descriptor);
        out.insert(out.end(), body.begin(), body.end());
    }
    return true;
}

PayloadFormat::Verdict Vp8Format::end(std::vector<std::uint8_t>& out) {
    const bool key = started_ && vp8_key_frame(out);
    const bool sound = !key || vp8_picture_size(out).has_value();
    return {.picture = started_ || cut_, .key_frame = key, .whole = started_ && !cut_ && sound};
}

bool vp8_key_frame(Bytes frame) { return !frame.empty() && (frame[0] & 1) == 0; }

std::optional<PictureSize> vp8_picture_size(Bytes frame) {
    if (!vp8_key_frame(frame) || frame.size() < kKeyFrameHeaderBytes) return std::nullopt;
    if (frame[3] != 0x9D || frame[4] != 0x01 || frame[5] != 0x2A) return std::nullopt;
    // Fourteen bits each, little-endian; the two above are the upscaling that a player may apply.
    const PictureSize size{.width_px = (frame[6] | frame[7] << 8) & 0x3FFFu,
                           .height_px = (frame[8] | frame[9] << 8) & 0x3FFFu};
    if (size.width_px == 0 || size.height_px == 0) return std::nullopt;
    return size;
}

}  // namespace cms::payload
