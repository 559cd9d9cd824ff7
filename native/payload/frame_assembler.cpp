#include "payload/frame_assembler.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace cms::payload {

namespace {

// As many as a large key frame has packets; beyond that buffers are given back.
constexpr std::size_t kMaxSpareBuffers = 128;
constexpr std::size_t kMaxSpareBytes = 2048;

}  // namespace

FrameAssembler::FrameAssembler(std::unique_ptr<PayloadFormat> format, AssemblerLimits limits)
    : format_(std::move(format)), limits_(limits), slots_(std::bit_ceil(limits.slots)) {}

void FrameAssembler::push(const wire::RtpView& packet, double now_s) {
    ++stats_.packets;
    if (held_bytes_ + packet.payload.size() > limits_.max_held_bytes) {
        ++stats_.restarts;
        restart();
    }
    std::int64_t sequence = 0;
    if (place(packet.sequence, now_s, sequence)) store(slot(sequence), packet, now_s);
}

// Finds the packet's place among the slots; false when it has none: seen before, too late, or astray.
bool FrameAssembler::place(std::uint16_t wire_sequence, double now_s, std::int64_t& sequence) {
    const auto span = static_cast<std::int64_t>(slots_.size());
    sequence = unwrapper_.peek(wire_sequence);
    if (started_ && std::abs(sequence - highest_) >= span) {
        if (!jumped(wire_sequence)) return false;
        sequence = unwrapper_.peek(wire_sequence);
    }
    after_jump_.reset();
    if (started_ && sequence - next_ >= span) {
        ++stats_.restarts;
        restart();
        sequence = unwrapper_.peek(wire_sequence);
    }
    if (!started_) start_at(sequence);
    unwrapper_.unwrap(wire_sequence);
    if (sequence > highest_) {
        miss(highest_ + 1, sequence, now_s);
        highest_ = sequence;
        return true;
    }
    if (sequence < next_) {
        if (delivered_ || highest_ - sequence >= span) {
            ++stats_.late;
            return false;
        }
        miss(sequence + 1, next_, now_s);
        next_ = cursor_ = sequence;
        picture_open_ = false;
        return true;
    }
    if (slot(sequence).state == SlotState::Missing) return true;
    ++(slot(sequence).state == SlotState::Held ? stats_.duplicates : stats_.late);
    return false;
}

// One packet far off may be a stray or forged; the next one in its sequence proves a new numbering (RFC 3550 A.1).
bool FrameAssembler::jumped(std::uint16_t wire_sequence) {
    const bool proven = after_jump_ == wire_sequence;
    after_jump_ = static_cast<std::uint16_t>(wire_sequence + 1);
    ++(proven ? stats_.restarts : stats_.strays);
    if (proven) restart();
    return proven;
}

void FrameAssembler::restart() {
    for (Slot& each : slots_) release(each);
    unwrapper_.reset();
    started_ = delivered_ = picture_open_ = false;
    loss_before_ = true;
    format_->reset();
}

void FrameAssembler::start_at(std::int64_t sequence) {
    started_ = true;
    next_ = cursor_ = sequence;
    highest_ = sequence - 1;
}

void FrameAssembler::miss(std::int64_t from, std::int64_t to, double now_s) {
    for (std::int64_t sequence = from; sequence < to; ++sequence) {
        slot(sequence).state = SlotState::Missing;
        slot(sequence).since_s = now_s;
    }
}

void FrameAssembler::store(Slot& target, const wire::RtpView& packet, double now_s) {
    if (!spare_.empty()) {
        target.payload = std::move(spare_.back());
        spare_.pop_back();
    }
    target.payload.assign(packet.payload.begin(), packet.payload.end());
    target.since_s = now_s;
    target.timestamp = packet.timestamp;
    target.marker = packet.marker;
    target.state = SlotState::Held;
    held_bytes_ += packet.payload.size();
}

void FrameAssembler::release(Slot& target) {
    held_bytes_ -= target.payload.size();
    if (target.payload.capacity() > 0 && target.payload.capacity() <= kMaxSpareBytes &&
        spare_.size() < kMaxSpareBuffers) {
        target.payload.clear();
        spare_.push_back(std::move(target.payload));
    }
    target.payload = {};
    target.state = SlotState::Empty;
}

bool FrameAssembler::pop(double now_s, AccessUnit& out) {
    while (picture_ends(now_s)) {
        if (emit(out)) return true;
    }
    return false;
}

// Moves the cursor to the end of the picture that begins at next_; false while that end is not known yet.
// Packets without payload (padding, probes) belong to no picture and are passed over.
bool FrameAssembler::picture_ends(double now_s) {
    for (; started_ && cursor_ <= highest_; ++cursor_) {
        Slot& here = slot(cursor_);
        if (here.state == SlotState::Missing) {
            if (here.since_s + hold_s_ > now_s) return false;
            here.state = SlotState::Lost;
            ++stats_.lost;
        }
        if (here.state == SlotState::Lost || here.payload.empty()) continue;
        if (picture_open_ && here.timestamp != picture_timestamp_) return true;
        picture_open_ = true;
        picture_timestamp_ = here.timestamp;
        if (here.marker) {
            ++cursor_;
            return true;
        }
    }
    return false;
}

double FrameAssembler::deadline_s() const {
    if (!started_ || cursor_ > highest_ || slot(cursor_).state != SlotState::Missing) {
        return std::numeric_limits<double>::infinity();
    }
    return slot(cursor_).since_s + hold_s_;
}

// Hands the slots from next_ to cursor_ to the format. False when no picture came of them.
bool FrameAssembler::emit(AccessUnit& out) {
    bool lost_at_end = false;
    bool whole = gather(out, lost_at_end);
    const bool oversized = out.data.size() > limits_.max_picture_bytes;
    const PayloadFormat::Verdict verdict = format_->end(out.data);
    whole = whole && verdict.whole && !oversized;
    next_ = cursor_;
    delivered_ = true;
    picture_open_ = false;
    if (oversized) ++stats_.oversized;
    if (oversized || !verdict.picture) {
        loss_before_ = loss_before_ || lost_at_end || !whole;
        return false;
    }
    out.key_frame = verdict.key_frame;
    out.damaged = !whole || (loss_before_ && !verdict.key_frame);
    loss_before_ = lost_at_end;
    ++stats_.pictures;
    if (out.damaged) ++stats_.damaged;
    return true;
}

// Appends payload by payload; false when something of the picture is missing or malformed.
bool FrameAssembler::gather(AccessUnit& out, bool& lost_at_end) {
    out.data.clear();
    out.rtp_timestamp = picture_timestamp_;
    out.arrival_s = 0;
    format_->begin();
    bool first = true;
    bool whole = true;
    bool after_loss = loss_before_;
    for (std::int64_t sequence = next_; sequence < cursor_; ++sequence) {
        Slot& here = slot(sequence);
        if (here.state == SlotState::Lost) {
            after_loss = lost_at_end = true;
            if (first) loss_before_ = true;
        } else if (!here.payload.empty()) {
            if (!first && after_loss) whole = false;
            const bool added = add(here, first, after_loss, out);
            whole = whole && added;
            after_loss = !added;
            first = lost_at_end = false;
        }
        release(here);
    }
    return whole && !lost_at_end;
}

bool FrameAssembler::add(Slot& held, bool first, bool after_loss, AccessUnit& out) {
    out.arrival_s = std::max(out.arrival_s, held.since_s);
    const bool head_is_there = !first || !after_loss || format_->begins_picture(held.payload);
    if (out.data.size() > limits_.max_picture_bytes) return false;
    if (format_->append(held.payload, after_loss, out.data)) return head_is_there;
    ++stats_.malformed;
    return false;
}

}  // namespace cms::payload
