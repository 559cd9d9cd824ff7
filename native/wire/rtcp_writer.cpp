// RtcpWriter: the other half of rtcp.hpp.
#include <algorithm>
#include <bit>

#include "wire/rtcp.hpp"
#include "wire/rtcp_types.hpp"

namespace cms::wire {

namespace {

using namespace rtcp;

void write_block(std::uint8_t* at, const ReportBlock& block) {
    // RFC 3550 appendix A.3: the cumulative count is clamped, not wrapped.
    const std::int32_t lost = std::clamp(block.packets_lost, -0x800000, 0x7FFFFF);
    store_u32(at, block.ssrc);
    at[4] = block.fraction_lost;
    store_u24(at + 5, static_cast<std::uint32_t>(lost) & 0xFFFFFF);
    store_u32(at + 8, block.highest_sequence);
    store_u32(at + 12, block.jitter_ticks);
    store_u32(at + 16, block.last_sr);
    store_u32(at + 20, block.delay_since_sr);
}

struct Scaled {
    std::uint32_t mantissa;
    std::uint32_t exponent;
};

// The largest mantissa · 2^exponent not above `value`: a limit must not be rounded up.
Scaled scale(std::uint64_t value, int mantissa_bits) {
    const int excess = std::max(0, static_cast<int>(std::bit_width(value)) - mantissa_bits);
    return {static_cast<std::uint32_t>(value >> excess), static_cast<std::uint32_t>(excess)};
}

void write_limit(std::uint8_t* at, const BitrateLimit& limit) {
    const Scaled scaled = scale(limit.bitrate_bps, 17);
    store_u32(at, limit.ssrc);
    const std::uint32_t overhead = std::min<std::uint32_t>(limit.overhead_bytes, 511);
    store_u32(at + 4, scaled.exponent << 26 | scaled.mantissa << 9 | overhead);
}

// How many of `sequences` from `first` on fit one entry: within sixteen after the first of them.
std::size_t nack_run(std::span<const std::uint16_t> sequences, std::size_t first, std::uint16_t& mask) {
    mask = 0;
    std::size_t next = first + 1;
    for (; next < sequences.size(); ++next) {
        const auto distance = static_cast<std::uint16_t>(sequences[next] - sequences[first]);
        if (distance == 0) continue;
        if (distance > 16) break;
        mask = static_cast<std::uint16_t>(mask | 1u << (distance - 1));
    }
    return next - first;
}

std::size_t nack_entries(std::span<const std::uint16_t> sequences) {
    std::size_t entries = 0;
    std::uint16_t mask = 0;
    for (std::size_t at = 0; at < sequences.size(); at += nack_run(sequences, at, mask)) ++entries;
    return entries;
}

}  // namespace

std::uint8_t* RtcpWriter::begin(std::size_t bytes, std::uint8_t count, std::uint8_t type) {
    if (bytes > out_.size() - size_ || bytes > 4 * 0x10000) return nullptr;
    std::uint8_t* at = out_.data() + size_;
    at[0] = static_cast<std::uint8_t>(0x80 | count);
    at[1] = type;
    store_u16(at + 2, static_cast<std::uint16_t>(bytes / 4 - 1));
    size_ += bytes;
    return at + kHeaderBytes;
}

std::uint8_t* RtcpWriter::begin_feedback(std::size_t fci_bytes, std::uint8_t format, std::uint8_t type,
                                         std::uint32_t sender_ssrc, std::uint32_t media_ssrc) {
    std::uint8_t* at = begin(kHeaderBytes + kFeedbackSsrcBytes + fci_bytes, format, type);
    if (at == nullptr) return nullptr;
    store_u32(at, sender_ssrc);
    store_u32(at + 4, media_ssrc);
    return at + kFeedbackSsrcBytes;
}

bool RtcpWriter::sender_report(std::uint32_t ssrc, const SenderInfo& info, std::span<const ReportBlock> blocks) {
    if (blocks.size() > kMaxBlocks) return false;
    const std::size_t bytes = kHeaderBytes + 4 + kSenderInfoBytes + blocks.size() * kBlockBytes;
    std::uint8_t* at = begin(bytes, static_cast<std::uint8_t>(blocks.size()), kSenderReport);
    if (at == nullptr) return false;
    store_u32(at, ssrc);
    store_u64(at + 4, info.ntp);
    store_u32(at + 12, info.rtp_timestamp);
    store_u32(at + 16, info.packets_sent);
    store_u32(at + 20, info.bytes_sent);
    for (std::size_t i = 0; i < blocks.size(); ++i) write_block(at + 24 + i * kBlockBytes, blocks[i]);
    return true;
}

bool RtcpWriter::receiver_report(std::uint32_t ssrc, std::span<const ReportBlock> blocks) {
    if (blocks.size() > kMaxBlocks) return false;
    const std::size_t bytes = kHeaderBytes + 4 + blocks.size() * kBlockBytes;
    std::uint8_t* at = begin(bytes, static_cast<std::uint8_t>(blocks.size()), kReceiverReport);
    if (at == nullptr) return false;
    store_u32(at, ssrc);
    for (std::size_t i = 0; i < blocks.size(); ++i) write_block(at + 4 + i * kBlockBytes, blocks[i]);
    return true;
}

bool RtcpWriter::sdes_cname(std::uint32_t ssrc, std::string_view cname) {
    if (cname.size() > 255) return false;
    // SSRC, item header and text, then one to four zero bytes (RFC 3550 §6.5).
    const std::size_t chunk_bytes = (4 + 2 + cname.size()) / 4 * 4 + 4;
    std::uint8_t* at = begin(kHeaderBytes + chunk_bytes, 1, kSourceDescription);
    if (at == nullptr) return false;
    std::fill_n(at, chunk_bytes, std::uint8_t{0});
    store_u32(at, ssrc);
    at[4] = kCnameItem;
    at[5] = static_cast<std::uint8_t>(cname.size());
    std::copy(cname.begin(), cname.end(), at + 6);
    return true;
}

bool RtcpWriter::bye(std::uint32_t ssrc) {
    std::uint8_t* at = begin(kHeaderBytes + 4, 1, kBye);
    if (at == nullptr) return false;
    store_u32(at, ssrc);
    return true;
}

bool RtcpWriter::nack(std::uint32_t sender_ssrc, std::uint32_t media_ssrc, std::span<const std::uint16_t> sequences) {
    if (sequences.empty()) return false;
    const std::size_t fci_bytes = kNackBytes * nack_entries(sequences);
    std::uint8_t* at = begin_feedback(fci_bytes, kNack, kRtpFeedback, sender_ssrc, media_ssrc);
    if (at == nullptr) return false;
    std::uint16_t mask = 0;
    for (std::size_t first = 0; first < sequences.size(); at += kNackBytes) {
        const std::size_t run = nack_run(sequences, first, mask);
        store_u16(at, sequences[first]);
        store_u16(at + 2, mask);
        first += run;
    }
    return true;
}

bool RtcpWriter::pli(std::uint32_t sender_ssrc, std::uint32_t media_ssrc) {
    return begin_feedback(0, kPli, kPayloadFeedback, sender_ssrc, media_ssrc) != nullptr;
}

bool RtcpWriter::fir(std::uint32_t sender_ssrc, std::uint32_t media_ssrc, std::uint8_t command) {
    // RFC 5104 §4.3.1.2: the media source of the header is 0, the entry names whom it is for.
    std::uint8_t* at = begin_feedback(kFirBytes, kFir, kPayloadFeedback, sender_ssrc, 0);
    if (at == nullptr) return false;
    store_u32(at, media_ssrc);
    store_u32(at + 4, static_cast<std::uint32_t>(command) << 24);
    return true;
}

bool RtcpWriter::remb(std::uint32_t sender_ssrc, std::uint64_t bitrate_bps, std::span<const std::uint32_t> ssrcs) {
    if (ssrcs.size() > 255) return false;
    std::uint8_t* at = begin_feedback(8 + 4 * ssrcs.size(), kApplicationLayer, kPayloadFeedback, sender_ssrc, 0);
    if (at == nullptr) return false;
    const Scaled scaled = scale(bitrate_bps, 18);
    store_u32(at, kRembName);
    at[4] = static_cast<std::uint8_t>(ssrcs.size());
    store_u24(at + 5, scaled.exponent << 18 | scaled.mantissa);
    for (std::size_t i = 0; i < ssrcs.size(); ++i) store_u32(at + 8 + 4 * i, ssrcs[i]);
    return true;
}

bool RtcpWriter::bitrate_list(std::uint8_t format, std::uint32_t sender_ssrc, std::span<const BitrateLimit> limits) {
    std::uint8_t* at = begin_feedback(kLimitBytes * limits.size(), format, kRtpFeedback, sender_ssrc, 0);
    if (at == nullptr) return false;
    for (std::size_t i = 0; i < limits.size(); ++i) write_limit(at + kLimitBytes * i, limits[i]);
    return true;
}

bool RtcpWriter::tmmbr(std::uint32_t sender_ssrc, const BitrateLimit& limit) {
    return bitrate_list(kTmmbr, sender_ssrc, {&limit, 1});
}

bool RtcpWriter::tmmbn(std::uint32_t sender_ssrc, std::span<const BitrateLimit> bounding_set) {
    return bitrate_list(kTmmbn, sender_ssrc, bounding_set);
}

}  // namespace cms::wire
