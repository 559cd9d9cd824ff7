// H264Packetizer: Annex B access unit → NAL units → single NAL unit, STAP-A or FU-A payloads.
#include <algorithm>
#include <cstring>

#include "payload/h264.hpp"
#include "payload/h264_types.hpp"

namespace cms::payload {

using namespace h264;

namespace {

// Where the next start code's 00 00 01 begins at or after `from`; the size when there is none.
std::size_t find_start_code(Bytes bytes, std::size_t from) {
    std::size_t at = from + 2;
    while (at < bytes.size()) {
        const void* found = std::memchr(bytes.data() + at, 1, bytes.size() - at);
        if (found == nullptr) break;
        at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes.data());
        if (bytes[at - 1] == 0 && bytes[at - 2] == 0) return at - 2;
        ++at;
    }
    return bytes.size();
}

Bytes without_trailing_zeros(Bytes nal) {
    while (!nal.empty() && nal.back() == 0) nal = nal.first(nal.size() - 1);
    return nal;
}

bool is_small_kind(Bytes nal) {
    const std::uint8_t type = nal_type(nal[0]);
    return type >= kSei && type <= kDelimiter;
}

}  // namespace

H264Packetizer::H264Packetizer(H264Mode mode, std::size_t max_payload_bytes)
    : mode_(mode), max_payload_bytes_(std::max<std::size_t>(max_payload_bytes, 64)) {}

void H264Packetizer::packetize(Bytes annex_b, std::vector<PayloadPiece>& out) {
    out.clear();
    collect(annex_b);
    for (std::size_t i = 0; i < nals_.size();) {
        const std::size_t together = aggregable(i);
        if (together > 1) {
            aggregate(i, together, out);
        } else if (nals_[i].size() <= max_payload_bytes_ || mode_ == H264Mode::SingleNal) {
            single(nals_[i], out);
        } else {
            fragment(nals_[i], out);
        }
        i += together;
    }
    if (!out.empty()) out.back().marker = true;
}

void H264Packetizer::collect(Bytes annex_b) {
    nals_.clear();
    aggregates_.clear();
    std::size_t aggregate_bytes = 0;
    std::size_t start = find_start_code(annex_b, 0);
    while (start < annex_b.size()) {
        const std::size_t begin = start + 3;
        start = find_start_code(annex_b, begin);
        const Bytes nal = without_trailing_zeros(annex_b.subspan(begin, start - begin));
        if (nal.empty()) continue;
        nals_.push_back(nal);
        if (is_small_kind(nal)) aggregate_bytes += nal.size() + 2;
    }
    aggregates_.reserve(aggregate_bytes);  // pieces point into it: it must not move
}

// How many NAL units from `first` on go into one payload: several only for parameter sets, SEI and delimiters.
std::size_t H264Packetizer::aggregable(std::size_t first) const {
    if (mode_ == H264Mode::SingleNal) return 1;
    std::size_t bytes = 1;
    std::size_t count = 0;
    while (first + count < nals_.size() && is_small_kind(nals_[first + count])) {
        bytes += 2 + nals_[first + count].size();
        if (bytes > max_payload_bytes_) break;
        ++count;
    }
    return std::max<std::size_t>(count, 1);
}

void H264Packetizer::single(Bytes nal, std::vector<PayloadPiece>& out) {
    if (nal.size() > max_payload_bytes_) ++oversized_;
    out.push_back({.prefix = {}, .body = nal});
}

// STAP-A (RFC 6184 §5.7.1): the highest NRI and any F bit of those inside, then length and NAL unit, again and again.
void H264Packetizer::aggregate(std::size_t first, std::size_t count, std::vector<PayloadPiece>& out) {
    const std::size_t begin = aggregates_.size();
    std::uint8_t forbidden = 0;
    std::uint8_t reference = 0;
    for (const Bytes nal : std::span(nals_).subspan(first, count)) {
        forbidden = static_cast<std::uint8_t>(forbidden | (nal[0] & kForbiddenBit));
        reference = std::max<std::uint8_t>(reference, nal[0] & kReferenceBits);
        aggregates_.push_back(static_cast<std::uint8_t>(nal.size() >> 8));
        aggregates_.push_back(static_cast<std::uint8_t>(nal.size()));
        aggregates_.insert(aggregates_.end(), nal.begin(), nal.end());
    }
    PayloadPiece piece{.prefix = {}, .body = Bytes(aggregates_).subspan(begin)};
    piece.prefix[0] = forbidden | reference | kStapA;
    piece.prefix_bytes = 1;
    out.push_back(piece);
}

// FU-A (RFC 6184 §5.8), in fragments of equal size, the last a few bytes shorter: no tiny last packet, and they leave as one
// train.
void H264Packetizer::fragment(Bytes nal, std::vector<PayloadPiece>& out) {
    const std::uint8_t header = nal[0];
    Bytes rest = nal.subspan(1);
    const std::size_t most = max_payload_bytes_ - 2;
    std::size_t left = (rest.size() + most - 1) / most;
    bool first = true;
    const std::size_t each = (rest.size() + left - 1) / left;
    for (; left > 0; --left) {
        const std::size_t bytes = std::min(each, rest.size());
        PayloadPiece piece{.prefix = {}, .body = rest.first(bytes)};
        piece.prefix[0] = (header & (kForbiddenBit | kReferenceBits)) | kFuA;
        piece.prefix[1] = nal_type(header);
        if (first) piece.prefix[1] |= kFragmentStart;
        if (left == 1) piece.prefix[1] |= kFragmentEnd;
        piece.prefix_bytes = 2;
        out.push_back(piece);
        rest = rest.subspan(bytes);
        first = false;
    }
}

}  // namespace cms::payload
