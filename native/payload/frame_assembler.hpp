// RTP payloads in any order → whole pictures in order: reorder, wait for retransmissions, give up in time.
//
//   push(packet) → slot by sequence number → pop(): run of one timestamp up to its marker → PayloadFormat → picture
//
// Shared by all video payload formats; what is inside a payload is the PayloadFormat's business alone.
// Assumptions: a marker ends a picture, and so does a change of timestamp; two packets in a row that are further off
// than the ring of slots are a new stream (RFC 3550 A.1). A loss between two pictures cannot be told to belong to
// either: both count as hit, unless the second is a key frame that visibly begins where it should.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "payload/payload_format.hpp"
#include "wire/rtp.hpp"

namespace cms::payload {

// One received picture. Hand the same object to pop() again and its buffer is reused.
struct AccessUnit {
    std::vector<std::uint8_t> data;  // H.264: Annex B with start codes; VP8: the bare frame
    std::uint32_t rtp_timestamp = 0;
    bool key_frame = false;
    bool damaged = false;  // packets before or inside it were lost for good: decode nothing until a key frame comes
    double arrival_s = 0;  // when its last packet came
};

struct AssemblerLimits {
    std::size_t slots = 2048;                         // packets held at once; a power of two
    std::size_t max_picture_bytes = 4 * 1024 * 1024;  // an intra picture of 4K at low quantiser is about 2 MB
    std::size_t max_held_bytes = 6 * 1024 * 1024;     // all payloads waiting together
};

struct AssemblerStats {
    std::uint64_t packets = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t late = 0;       // came after they were given up or delivered
    std::uint64_t lost = 0;       // given up
    std::uint64_t malformed = 0;  // payloads the format refused
    std::uint64_t oversized = 0;  // pictures above max_picture_bytes, dropped
    std::uint64_t strays = 0;     // single packets far out of sequence, dropped
    std::uint64_t restarts = 0;   // sequence jumps and overflows: everything held was dropped
    std::uint64_t pictures = 0;
    std::uint64_t damaged = 0;  // of them
};

class FrameAssembler {
public:
    explicit FrameAssembler(std::unique_ptr<PayloadFormat> format, AssemblerLimits limits = {});

    // How long a missing packet is waited for, counted from the first packet after it: about one round trip and a
    // half when the peer retransmits, else what reordering needs.
    void set_hold(double hold_s) { hold_s_ = hold_s; }

    void push(const wire::RtpView& packet, double now_s);

    // The next picture in order, if one is whole or its time is up. Call until false.
    bool pop(double now_s, AccessUnit& out);

    // When pop() may have something without another push(); infinity when it waits for packets only.
    double deadline_s() const;

    // Forget everything held, for example when the stream was idle; what comes next counts as after a loss.
    void restart();

    const AssemblerStats& stats() const { return stats_; }

private:
    enum class SlotState : std::uint8_t { Empty, Missing, Held, Lost };

    struct Slot {
        std::vector<std::uint8_t> payload;
        double since_s = 0;  // arrival, or when it was first missed
        std::uint32_t timestamp = 0;
        bool marker = false;
        SlotState state = SlotState::Empty;
    };

    Slot& slot(std::int64_t sequence) { return slots_[static_cast<std::size_t>(sequence) & (slots_.size() - 1)]; }
    const Slot& slot(std::int64_t sequence) const {
        return slots_[static_cast<std::size_t>(sequence) & (slots_.size() - 1)];
    }
    bool place(std::uint16_t wire_sequence, double now_s, std::int64_t& sequence);
    bool jumped(std::uint16_t wire_sequence);
    void start_at(std::int64_t sequence);
    void miss(std::int64_t from, std::int64_t to, double now_s);
    void store(Slot& target, const wire::RtpView& packet, double now_s);
    bool picture_ends(double now_s);
    bool emit(AccessUnit& out);
    bool gather(AccessUnit& out, bool& lost_at_end);
    bool add(Slot& held, bool first, bool after_loss, AccessUnit& out);
    void release(Slot& target);

    std::unique_ptr<PayloadFormat> format_;
    AssemblerLimits limits_;
    double hold_s_ = 0.1;
    wire::SequenceUnwrapper unwrapper_;
    std::vector<Slot> slots_;
    std::vector<std::vector<std::uint8_t>> spare_;  // buffers of released slots
    std::size_t held_bytes_ = 0;
    bool started_ = false;      // a first packet came
    bool delivered_ = false;    // packets before next_ are late; until then next_ may still move back
    bool loss_before_ = true;   // before the picture that begins at next_; of the first nothing is known
    std::int64_t next_ = 0;     // first sequence not yet delivered
    std::int64_t cursor_ = 0;   // how far the picture at next_ is known: next_ ≤ cursor_ ≤ highest_ + 1
    std::int64_t highest_ = 0;  // newest sequence received
    bool picture_open_ = false;  // a payload lies between next_ and cursor_
    std::uint32_t picture_timestamp_ = 0;
    std::optional<std::uint16_t> after_jump_;  // what would follow a packet that was out of all range
    AssemblerStats stats_;
};

}  // namespace cms::payload
