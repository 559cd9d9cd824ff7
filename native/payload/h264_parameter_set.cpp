// The size of the picture from a sequence parameter set (ITU-T H.264 §7.3.2.1.1, §7.4.2.1.1).
#include "payload/bit_reader.hpp"
#include "payload/h264.hpp"
#include "payload/h264_types.hpp"

namespace cms::payload {

namespace {

constexpr std::uint32_t kMaxMacroblocksAcross = 1024;  // 16384 pixels: no level goes that far

bool has_chroma_fields(std::uint32_t profile) {
    switch (profile) {
        case 100: case 110: case 122: case 244: case 44: case 83: case 86: case 118: case 128: case 138: case 139:
        case 134: case 135:
            return true;
        default: return false;
    }
}

void skip_scaling_list(BitReader& reader, unsigned size) {
    std::int32_t last = 8;
    std::int32_t next = 8;
    for (unsigned i = 0; i < size && reader.ok(); ++i) {
        if (next != 0) next = (last + reader.signed_golomb() % 256 + 256) % 256;
        if (next != 0) last = next;
    }
}

// Returns chroma_format_idc: 4:2:0 unless the profile says otherwise.
std::uint32_t read_chroma_fields(BitReader& reader, std::uint32_t profile) {
    if (!has_chroma_fields(profile)) return 1;
    const std::uint32_t chroma = reader.unsigned_golomb();
    if (chroma == 3) reader.bit();  // separate_colour_plane_flag
    reader.unsigned_golomb();       // bit depths
    reader.unsigned_golomb();
    reader.bit();                   // lossless bypass
    if (reader.bit() != 0) {
        const unsigned lists = chroma == 3 ? 12 : 8;
        for (unsigned i = 0; i < lists; ++i) {
            if (reader.bit() != 0) skip_scaling_list(reader, i < 6 ? 16 : 64);
        }
    }
    return chroma;
}

void skip_order_count(BitReader& reader) {
    const std::uint32_t type = reader.unsigned_golomb();
    if (type == 0) reader.unsigned_golomb();
    if (type != 1) return;
    reader.bit();
    reader.signed_golomb();
    reader.signed_golomb();
    const std::uint32_t cycle = reader.unsigned_golomb();
    for (std::uint32_t i = 0; i < cycle && i < 255 && reader.ok(); ++i) reader.signed_golomb();
}

// Offsets are in chroma samples across, and down in those of a field when pictures may be fields.
PictureSize crop(BitReader& reader, std::uint32_t chroma, std::uint32_t field_factor, PictureSize coded) {
    const std::uint32_t unit_x = chroma == 1 || chroma == 2 ? 2 : 1;
    const std::uint32_t unit_y = (chroma == 1 ? 2 : 1) * field_factor;
    const std::uint64_t across = std::uint64_t{reader.unsigned_golomb()} + reader.unsigned_golomb();
    const std::uint64_t down = std::uint64_t{reader.unsigned_golomb()} + reader.unsigned_golomb();
    if (across * unit_x >= coded.width_px || down * unit_y >= coded.height_px) return {};
    return {.width_px = coded.width_px - static_cast<std::uint32_t>(across) * unit_x,
            .height_px = coded.height_px - static_cast<std::uint32_t>(down) * unit_y};
}

}  // namespace

std::optional<PictureSize> h264_picture_size(Bytes sps_nal) {
    if (sps_nal.size() < 5 || h264::nal_type(sps_nal[0]) != h264::kSequenceSet) return std::nullopt;
    BitReader reader(sps_nal.subspan(4));
    reader.unsigned_golomb();  // id
    const std::uint32_t chroma = read_chroma_fields(reader, sps_nal[1]);
    reader.unsigned_golomb();  // frame number bits
    skip_order_count(reader);
    reader.unsigned_golomb();  // reference frames
    reader.bit();              // gaps allowed
    const std::uint32_t across = reader.unsigned_golomb() + 1;
    const std::uint32_t down = reader.unsigned_golomb() + 1;
    const bool frames_only = reader.bit() != 0;
    if (!frames_only) reader.bit();
    reader.bit();  // direct_8x8_inference
    if (across > kMaxMacroblocksAcross || down > kMaxMacroblocksAcross) return std::nullopt;
    const std::uint32_t field_factor = frames_only ? 1 : 2;
    PictureSize size{.width_px = across * 16, .height_px = down * 16 * field_factor};
    if (reader.bit() != 0) size = crop(reader, chroma, field_factor, size);
    if (!reader.ok() || size.width_px == 0) return std::nullopt;
    return size;
}

}  // namespace cms::payload
