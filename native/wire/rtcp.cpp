#include "wire/rtcp.hpp"

#include <array>
#include <cmath>

#include "wire/rtcp_types.hpp"

namespace cms::wire {

namespace {

using namespace rtcp;

enum class Reading : std::uint8_t { Done, Ignored, Malformed };

struct Packet {
    std::uint8_t count = 0;  // of blocks or chunks, or the feedback format
    std::uint8_t type = 0;
    Bytes body;  // after the four bytes of header, without padding
};

// Takes one packet off the front of `rest`; false when its header or length is unsound.
bool take_packet(Bytes& rest, Packet& packet) {
    if (rest.size() < kHeaderBytes || rest[0] >> 6 != 2) return false;
    const std::size_t bytes = 4u * (load_u16(rest.data() + 2) + 1u);
    if (bytes > rest.size()) return false;
    packet.count = rest[0] & 0x1F;
    packet.type = rest[1];
    packet.body = rest.subspan(kHeaderBytes, bytes - kHeaderBytes);
    if ((rest[0] & 0x20) != 0) {
        if (packet.body.empty()) return false;
        const std::size_t padding = packet.body.back();
        if (padding == 0 || padding > packet.body.size()) return false;
        packet.body = packet.body.first(packet.body.size() - padding);
    }
    rest = rest.subspan(bytes);
    return true;
}

std::int32_t signed_24(std::uint32_t value) {
    return static_cast<std::int32_t>(value << 8) >> 8;
}

ReportBlock read_block(const std::uint8_t* at) {
    return {.ssrc = load_u32(at),
            .fraction_lost = at[4],
            .packets_lost = signed_24(load_u24(at + 5)),
            .highest_sequence = load_u32(at + 8),
            .jitter_ticks = load_u32(at + 12),
            .last_sr = load_u32(at + 16),
            .delay_since_sr = load_u32(at + 20)};
}

struct Blocks {
    std::array<ReportBlock, kMaxBlocks> blocks;
    std::size_t count = 0;

    std::span<const ReportBlock> view() const { return std::span(blocks).first(count); }
};

// What follows the blocks is a profile-specific extension (RFC 3550 §6.4.3) and is left alone.
bool read_blocks(Bytes body, std::size_t count, Blocks& out) {
    if (body.size() < count * kBlockBytes) return false;
    for (std::size_t i = 0; i < count; ++i) out.blocks[i] = read_block(body.data() + i * kBlockBytes);
    out.count = count;
    return true;
}

Reading read_sender_report(const Packet& packet, RtcpVisitor& visitor) {
    Blocks blocks;
    if (packet.body.size() < 4 + kSenderInfoBytes) return Reading::Malformed;
    if (!read_blocks(packet.body.subspan(4 + kSenderInfoBytes), packet.count, blocks)) return Reading::Malformed;
    const std::uint8_t* at = packet.body.data();
    const SenderInfo info{.ntp = load_u64(at + 4),
                          .rtp_timestamp = load_u32(at + 12),
                          .packets_sent = load_u32(at + 16),
                          .bytes_sent = load_u32(at + 20)};
    visitor.on_sender_report(load_u32(at), info, blocks.view());
    return Reading::Done;
}

Reading read_receiver_report(const Packet& packet, RtcpVisitor& visitor) {
    Blocks blocks;
    if (packet.body.size() < 4) return Reading::Malformed;
    if (!read_blocks(packet.body.subspan(4), packet.count, blocks)) return Reading::Malformed;
    visitor.on_receiver_report(load_u32(packet.body.data()), blocks.view());
    return Reading::Done;
}

// One SDES chunk (RFC 3550 §6.5): SSRC, items, and one to four zero bytes up to a 32-bit boundary.
bool take_chunk(Bytes body, std::size_t& at, RtcpVisitor& visitor) {
    if (body.size() - at < 4) return false;
    const std::uint32_t ssrc = load_u32(body.data() + at);
    at += 4;
    while (at < body.size() && body[at] != 0) {
        if (body.size() - at < 2) return false;
        const std::uint8_t item = body[at];
        const std::size_t length = body[at + 1];
        at += 2;
        if (length > body.size() - at) return false;
        if (item == kCnameItem) visitor.on_cname(ssrc, {reinterpret_cast<const char*>(body.data() + at), length});
        at += length;
    }
    if (at == body.size()) return false;
    at = (at / 4 + 1) * 4;
    return at <= body.size();
}

Reading read_sdes(const Packet& packet, RtcpVisitor& visitor) {
    std::size_t at = 0;
    for (unsigned chunk = 0; chunk < packet.count; ++chunk) {
        if (!take_chunk(packet.body, at, visitor)) return Reading::Malformed;
    }
    return Reading::Done;
}

Reading read_bye(const Packet& packet, RtcpVisitor& visitor) {
    if (packet.body.size() < 4u * packet.count) return Reading::Malformed;
    for (std::size_t i = 0; i < packet.count; ++i) visitor.on_bye(load_u32(packet.body.data() + 4 * i));
    return Reading::Done;
}

// RFC 4585 §6.2.1: a sequence number and a bit mask of the sixteen that follow it.
Reading read_nack(std::uint32_t media_ssrc, Bytes fci, RtcpVisitor& visitor) {
    if (fci.empty() || fci.size() % kNackBytes != 0) return Reading::Malformed;
    for (std::size_t at = 0; at < fci.size(); at += kNackBytes) {
        const std::uint16_t first = load_u16(fci.data() + at);
        const std::uint16_t mask = load_u16(fci.data() + at + 2);
        visitor.on_nack(media_ssrc, first);
        for (unsigned bit = 0; bit < 16; ++bit) {
            if ((mask >> bit & 1) != 0) visitor.on_nack(media_ssrc, static_cast<std::uint16_t>(first + bit + 1));
        }
    }
    return Reading::Done;
}

// RFC 5104 §4.2.1.1: SSRC; six bits of exponent, seventeen of mantissa, nine of overhead.
BitrateLimit read_limit(const std::uint8_t* at) {
    const std::uint32_t packed = load_u32(at + 4);
    const unsigned exponent = packed >> 26;
    const std::uint64_t mantissa = packed >> 9 & 0x1FFFF;
    // 17 bits shifted by 47 or more leave 64 bits: no line is that fast, so the largest number says it all.
    const std::uint64_t bitrate = exponent > 46 && mantissa != 0 ? UINT64_MAX : mantissa << (exponent & 0x3F);
    return {.ssrc = load_u32(at), .bitrate_bps = bitrate, .overhead_bytes = static_cast<std::uint16_t>(packed & 0x1FF)};
}

Reading read_limits(bool notification, std::uint32_t sender, Bytes fci, RtcpVisitor& visitor) {
    if (fci.size() % kLimitBytes != 0 || (fci.empty() && !notification)) return Reading::Malformed;
    for (std::size_t at = 0; at < fci.size(); at += kLimitBytes) {
        const BitrateLimit limit = read_limit(fci.data() + at);
        notification ? visitor.on_tmmbn(sender, limit) : visitor.on_tmmbr(sender, limit);
    }
    return Reading::Done;
}

Reading read_fir(std::uint32_t sender, Bytes fci, RtcpVisitor& visitor) {
    if (fci.empty() || fci.size() % kFirBytes != 0) return Reading::Malformed;
    for (std::size_t at = 0; at < fci.size(); at += kFirBytes) {
        visitor.on_fir(sender, load_u32(fci.data() + at), fci[at + 4]);
    }
    return Reading::Done;
}

// draft-alvestrand-rmcat-remb-03 §2.2: "REMB", count of SSRCs, six bits of exponent, eighteen of mantissa.
Reading read_application_layer(Bytes fci, RtcpVisitor& visitor) {
    if (fci.size() < 4 || load_u32(fci.data()) != kRembName) return Reading::Ignored;
    if (fci.size() < 8 || fci.size() < 8u + 4u * fci[4]) return Reading::Malformed;
    const std::uint32_t packed = load_u24(fci.data() + 5);
    const unsigned exponent = packed >> 18;
    const std::uint64_t mantissa = packed & 0x3FFFF;
    if (exponent > 45 && mantissa != 0) return Reading::Malformed;
    visitor.on_remb(mantissa << (exponent & 0x3F));
    return Reading::Done;
}

Reading read_rtp_feedback(const Packet& packet, RtcpVisitor& visitor) {
    if (packet.body.size() < kFeedbackSsrcBytes) return Reading::Malformed;
    const std::uint32_t sender = load_u32(packet.body.data());
    const Bytes fci = packet.body.subspan(kFeedbackSsrcBytes);
    switch (packet.count) {
        case kNack: return read_nack(load_u32(packet.body.data() + 4), fci, visitor);
        case kTmmbr: return read_limits(false, sender, fci, visitor);
        case kTmmbn: return read_limits(true, sender, fci, visitor);
        default: return Reading::Ignored;
    }
}

Reading read_payload_feedback(const Packet& packet, RtcpVisitor& visitor) {
    if (packet.body.size() < kFeedbackSsrcBytes) return Reading::Malformed;
    const Bytes fci = packet.body.subspan(kFeedbackSsrcBytes);
    switch (packet.count) {
        case kPli: visitor.on_pli(load_u32(packet.body.data() + 4)); return Reading::Done;
        case kFir: return read_fir(load_u32(packet.body.data()), fci, visitor);
        case kApplicationLayer: return read_application_layer(fci, visitor);
        default: return Reading::Ignored;
    }
}

Reading read_packet(const Packet& packet, RtcpVisitor& visitor) {
    switch (packet.type) {
        case kSenderReport: return read_sender_report(packet, visitor);
        case kReceiverReport: return read_receiver_report(packet, visitor);
        case kSourceDescription: return read_sdes(packet, visitor);
        case kBye: return read_bye(packet, visitor);
        case kRtpFeedback: return read_rtp_feedback(packet, visitor);
        case kPayloadFeedback: return read_payload_feedback(packet, visitor);
        default: return Reading::Ignored;
    }
}

bool sound_chain(Bytes compound) {
    Packet packet;
    while (!compound.empty()) {
        if (!take_packet(compound, packet)) return false;
    }
    return true;
}

}  // namespace

RtcpOutcome parse_rtcp(Bytes compound, RtcpVisitor& visitor) {
    RtcpOutcome outcome;
    if (compound.empty() || !sound_chain(compound)) return outcome;
    outcome.well_formed = true;
    Packet packet;
    while (!compound.empty() && take_packet(compound, packet)) {
        ++outcome.packets;
        const Reading reading = read_packet(packet, visitor);
        if (reading == Reading::Ignored) ++outcome.ignored;
        if (reading == Reading::Malformed) ++outcome.malformed;
    }
    return outcome;
}

std::uint64_t ntp_from_unix(double unix_s) {
    constexpr double kSecondsFrom1900To1970 = 2208988800.0;  // RFC 868
    const double whole = std::floor(unix_s);
    const auto seconds = static_cast<std::uint64_t>(whole + kSecondsFrom1900To1970);
    const auto fraction = static_cast<std::uint64_t>((unix_s - whole) * 4294967296.0);
    return seconds << 32 | (fraction & 0xFFFFFFFF);
}

double round_trip_s(const ReportBlock& block, std::uint64_t now_ntp) {
    if (block.last_sr == 0) return 0;
    const std::uint32_t ticks = ntp_middle(now_ntp) - block.last_sr - block.delay_since_sr;
    // A peer whose clock runs fast may claim more delay than there was: the difference wraps.
    return static_cast<std::int32_t>(ticks) < 0 ? 0 : ticks / 65536.0;
}

}  // namespace cms::wire
