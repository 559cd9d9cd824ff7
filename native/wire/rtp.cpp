#include "wire/rtp.hpp"

namespace cms::wire {

namespace {

constexpr std::uint8_t kPaddingFlag = 0x20;
constexpr std::uint8_t kExtensionFlag = 0x10;
constexpr std::size_t kExtensionHeaderBytes = 4;
constexpr std::uint16_t kOneByteProfile = 0xBEDE;
constexpr std::uint16_t kTwoByteProfile = 0x1000;  // its low four bits are the application's

// RFC 8285 §4.2: four bits of id, four of length minus one; id 0 is padding, id 15 ends the list.
std::optional<Bytes> find_one_byte(Bytes list, std::uint8_t id) {
    std::size_t at = 0;
    while (at < list.size()) {
        const std::uint8_t found = list[at] >> 4;
        if (list[at] == 0) {
            ++at;
            continue;
        }
        if (found == 15) break;
        const std::size_t length = (list[at] & 0x0Fu) + 1u;
        ++at;
        if (length > list.size() - at) break;
        if (found == id) return list.subspan(at, length);
        at += length;
    }
    return std::nullopt;
}

// RFC 8285 §4.3: a byte of id, a byte of length, which may be 0; id 0 is one byte of padding.
std::optional<Bytes> find_two_byte(Bytes list, std::uint8_t id) {
    std::size_t at = 0;
    while (at < list.size()) {
        const std::uint8_t found = list[at++];
        if (found == 0) continue;
        if (at == list.size()) break;
        const std::size_t length = list[at++];
        if (length > list.size() - at) break;
        if (found == id) return list.subspan(at, length);
        at += length;
    }
    return std::nullopt;
}

bool take_padding(Bytes& rest, RtpView& view) {
    if (rest.empty()) return false;
    view.padding_bytes = rest.back();
    if (view.padding_bytes == 0 || view.padding_bytes > rest.size()) return false;
    rest = rest.first(rest.size() - view.padding_bytes);
    return true;
}

}  // namespace

std::optional<std::size_t> rtp_header_bytes(Bytes packet) {
    if (packet.size() < kRtpHeaderBytes || packet[0] >> 6 != 2) return std::nullopt;
    std::size_t bytes = kRtpHeaderBytes + 4u * (packet[0] & 0x0Fu);
    if ((packet[0] & kExtensionFlag) != 0) {
        if (packet.size() < bytes + kExtensionHeaderBytes) return std::nullopt;
        bytes += kExtensionHeaderBytes + 4u * load_u16(packet.data() + bytes + 2);
    }
    return bytes <= packet.size() ? std::optional(bytes) : std::nullopt;
}

std::optional<RtpView> RtpView::parse(Bytes packet) {
    const auto header_bytes = rtp_header_bytes(packet);
    if (!header_bytes) return std::nullopt;
    RtpView view;
    view.marker = (packet[1] & 0x80) != 0;
    view.payload_type = packet[1] & 0x7F;
    view.sequence = load_u16(packet.data() + 2);
    view.timestamp = load_u32(packet.data() + 4);
    view.ssrc = load_u32(packet.data() + 8);
    view.header_bytes = *header_bytes;
    const Bytes variable = packet.subspan(kRtpHeaderBytes, *header_bytes - kRtpHeaderBytes);
    view.csrcs = variable.first(4u * (packet[0] & 0x0Fu));
    if ((packet[0] & kExtensionFlag) != 0) {
        const Bytes extension = variable.subspan(view.csrcs.size());
        view.extension_profile = load_u16(extension.data());
        view.extensions = extension.subspan(kExtensionHeaderBytes);
    }
    Bytes rest = packet.subspan(*header_bytes);
    if ((packet[0] & kPaddingFlag) != 0 && !take_padding(rest, view)) return std::nullopt;
    view.payload = rest;
    return view;
}

std::optional<Bytes> RtpView::extension(std::uint8_t id) const {
    if (extension_profile == kOneByteProfile) return find_one_byte(extensions, id);
    if ((extension_profile & 0xFFF0) == kTwoByteProfile) return find_two_byte(extensions, id);
    return std::nullopt;
}

std::size_t RtpHeader::write(MutableBytes out) const {
    if (out.size() < kRtpHeaderBytes) return 0;
    out[0] = 0x80;
    out[1] = static_cast<std::uint8_t>((marker ? 0x80 : 0) | (payload_type & 0x7F));
    store_u16(out.data() + 2, sequence);
    store_u32(out.data() + 4, timestamp);
    store_u32(out.data() + 8, ssrc);
    return kRtpHeaderBytes;
}

}  // namespace cms::wire
