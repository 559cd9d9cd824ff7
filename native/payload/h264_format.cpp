// H264Format: RTP payloads → Annex B.
#include <algorithm>

#include "payload/bit_reader.hpp"
#include "payload/h264.hpp"
#include "payload/h264_types.hpp"

namespace cms::payload {

using namespace h264;

namespace {

// Real ones have 10 to 300 bytes and one or two ids. Larger or more is not kept, only passed on in its picture.
constexpr std::size_t kMaxParameterSetBytes = 1024;
constexpr std::size_t kMaxParameterSets = 32;

// A picture's first slice starts at macroblock 0: first_mb_in_slice is one bit, set (ITU-T H.264 §7.3.3).
bool begins(std::uint8_t type, Bytes after_header) {
    if (type >= kSei && type <= kDelimiter) return true;
    return type >= kSlice && type <= kIdrSlice && !after_header.empty() && (after_header[0] & 0x80) != 0;
}

bool is_nal(std::uint8_t type) { return type >= 1 && type <= kLastNal; }

}  // namespace

bool H264Format::begins_picture(Bytes payload) const {
    if (payload.size() < 2) return false;
    const std::uint8_t type = nal_type(payload[0]);
    if (is_nal(type)) return begins(type, payload.subspan(1));
    if (type == kStapA) return payload.size() > 4 && begins(nal_type(payload[3]), payload.subspan(4));
    return type == kFuA && (payload[1] & kFragmentStart) != 0 && begins(nal_type(payload[1]), payload.subspan(2));
}

void H264Format::begin() {
    in_fragment_ = cut_ = false;
    has_slice_ = has_idr_ = has_sequence_set_ = has_picture_set_ = false;
}

void H264Format::reset() { begin(); }

bool H264Format::append(Bytes payload, bool after_loss, std::vector<std::uint8_t>& out) {
    if (payload.empty() || (payload[0] & kForbiddenBit) != 0) return false;
    const std::uint8_t type = nal_type(payload[0]);
    if (type == kFuA) return fragment(payload, after_loss, out);
    drop_fragment(out);
    if (type == kStapA) return aggregate(payload.subspan(1), out);
    if (!is_nal(type)) return false;
    add_nal(payload, out);
    return true;
}

// All or nothing: a STAP-A whose lengths contradict each other adds none of its NAL units.
bool H264Format::aggregate(Bytes payload, std::vector<std::uint8_t>& out) {
    if (payload.empty()) return false;
    for (Bytes rest = payload; !rest.empty();) {
        if (rest.size() < 3) return false;
        const std::size_t bytes = wire::load_u16(rest.data());
        if (bytes == 0 || bytes > rest.size() - 2 || !is_nal(nal_type(rest[2]))) return false;
        rest = rest.subspan(2 + bytes);
    }
    for (Bytes rest = payload; !rest.empty();) {
        const std::size_t bytes = wire::load_u16(rest.data());
        add_nal(rest.subspan(2, bytes), out);
        rest = rest.subspan(2 + bytes);
    }
    return true;
}

bool H264Format::fragment(Bytes payload, bool after_loss, std::vector<std::uint8_t>& out) {
    if (payload.size() < 3 || !is_nal(nal_type(payload[1]))) return false;
    const bool starts = (payload[1] & kFragmentStart) != 0;
    const std::uint8_t type = nal_type(payload[1]);
    if (starts || after_loss) drop_fragment(out);
    if (starts) start_nal((payload[0] & kReferenceBits) | type, out);
    if (!in_fragment_ && !starts) {
        // Its beginning is lost; what it was part of decides whether a picture was.
        cut_ = true;
        has_slice_ = has_slice_ || type <= kIdrSlice;
        return true;
    }
    in_fragment_ = true;
    out.insert(out.end(), payload.begin() + 2, payload.end());
    if ((payload[1] & kFragmentEnd) != 0) {
        in_fragment_ = false;
        finish_nal(out);
    }
    return true;
}

void H264Format::start_nal(std::uint8_t header, std::vector<std::uint8_t>& out) {
    nal_start_ = out.size();
    out.insert(out.end(), kStartCode.begin(), kStartCode.end());
    out.push_back(header);
}

void H264Format::drop_fragment(std::vector<std::uint8_t>& out) {
    if (!in_fragment_) return;
    in_fragment_ = false;
    cut_ = true;
    has_slice_ = has_slice_ || nal_type(out[nal_start_ + kStartCode.size()]) <= kIdrSlice;
    out.resize(nal_start_);
}

void H264Format::add_nal(Bytes nal, std::vector<std::uint8_t>& out) {
    start_nal(nal[0], out);
    out.insert(out.end(), nal.begin() + 1, nal.end());
    finish_nal(out);
}

void H264Format::finish_nal(const std::vector<std::uint8_t>& out) {
    const Bytes nal = Bytes(out).subspan(nal_start_ + kStartCode.size());
    const std::uint8_t type = nal_type(nal[0]);
    has_slice_ = has_slice_ || type <= kIdrSlice;
    has_idr_ = has_idr_ || type == kIdrSlice;
    has_sequence_set_ = has_sequence_set_ || type == kSequenceSet;
    has_picture_set_ = has_picture_set_ || type == kPictureSet;
    remember(nal);
}

PayloadFormat::Verdict H264Format::end(std::vector<std::uint8_t>& out) {
    drop_fragment(out);
    const bool complete_sets = has_sequence_set_ && has_picture_set_;
    const bool known_sets = !sequence_sets_.empty() && !picture_sets_.empty();
    if (has_idr_ && !complete_sets && known_sets) prepend_parameter_sets(out);
    const bool decodable = !has_idr_ || complete_sets || known_sets;
    return {.picture = has_slice_, .key_frame = has_idr_, .whole = !cut_ && decodable};
}

void H264Format::prepend_parameter_sets(std::vector<std::uint8_t>& out) const {
    std::vector<std::uint8_t> front;
    for (const auto* sets : {&sequence_sets_, &picture_sets_}) {
        for (const ParameterSet& set : *sets) {
            front.insert(front.end(), kStartCode.begin(), kStartCode.end());
            front.insert(front.end(), set.nal.begin(), set.nal.end());
        }
    }
    out.insert(out.begin(), front.begin(), front.end());
}

bool H264Format::remember(Bytes nal) {
    if (nal.size() < 2 || nal.size() > kMaxParameterSetBytes) return false;
    const std::uint8_t type = nal_type(nal[0]);
    if (type != kSequenceSet && type != kPictureSet) return false;
    // The id of a sequence parameter set comes after three bytes of profile and level.
    const std::size_t before_id = type == kSequenceSet ? 4 : 1;
    if (nal.size() <= before_id) return false;
    BitReader reader(nal.subspan(before_id));
    const std::uint32_t id = reader.unsigned_golomb();
    if (!reader.ok()) return false;
    return keep(type == kSequenceSet ? sequence_sets_ : picture_sets_, id, nal);
}

bool H264Format::keep(std::vector<ParameterSet>& sets, std::uint32_t id, Bytes nal) {
    auto found = std::find_if(sets.begin(), sets.end(), [id](const ParameterSet& set) { return set.id == id; });
    if (found == sets.end()) {
        if (sets.size() == kMaxParameterSets) return false;
        found = sets.insert(sets.end(), ParameterSet{.id = id, .nal = {}});
    }
    found->nal.assign(nal.begin(), nal.end());
    return true;
}

}  // namespace cms::payload
