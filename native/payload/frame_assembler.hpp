// RTP payloads in any order → whole pictures in order: reorder, wait for retransmissions, give up in time.
//
//   push(packet) → slots by sequence number → pop(): run of one timestamp up to its marker → PayloadFormat → picture
//
// Shared by all video payload formats; what is inside a payload is the PayloadFormat's business alone.
// Assumptions: a marker ends a picture, and so does a change of timestamp; a sequence jump wider than the ring of
// slots is a new stream. A loss between two pictures cannot be told to belong to either: both count as hit, unless
// the second is a key frame that visibly begins where it should.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "payload/codec.hpp"
#include "wire/bytes.hpp"
#include "wire/rtp.hpp"

namespace cms::payload {

using wire::Bytes;

// One received picture. Hand the same object to pop() again and its buffer is reused.
struct AccessUnit {
    std::vector<std::uint8_t> data;  // H.264: Annex B with start codes; VP8: the bare frame
    std::uint32_t rtp_timestamp = 0;
    bool key_frame = false;
    bool damaged = false;  // packets before or inside it were lost for good: decode nothing until a key frame comes
    double arrival_s = 0;  // when its last packet came
};

// What is inside the payloads of one codec. Calls come as begin, append..., end for each picture.
class PayloadFormat {
public:
    virtual ~PayloadFormat() = default;

    // True when a picture can begin with this payload, as far as its first bytes tell.
    virtual bool begins_picture(Bytes payload) const = 0;

    virtual void begin() = 0;

    // Adds the payload's part of the picture to `out`. False: malformed, nothing added. `after_loss`: packets
    // between the last payload and this one are missing.
    virtual bool append(Bytes payload, bool after_loss, std::vector<std::uint8_t>& out) = 0;

    struct Verdict {
        bool picture = false;    // there is something to decode; false for parameter sets alone
        bool key_frame = false;  // decoding can start here
        bool whole = false;      // nothing inside was cut off
    };
    virtual Verdict end(std::vector<std::uint8_t>& out) = 0;

    // After a discontinuity: forget a picture in progress, keep what outlives pictures (parameter sets).
    virtual void reset() = 0;
};

std::unique_ptr<PayloadFormat> make_payload_format(VideoCodec codec);

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
    enum class Scan : std::uint8_t { PictureEnds, WaitsForPacket, NothingHeld };

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
    bool place(std::int64_t sequence, double now_s);
    void store(Slot& target, const wire::RtpView& packet, double now_s);
    Scan scan(double now_s);
    bool emit(AccessUnit& out);
    void fill(AccessUnit& out, bool& whole);
    void release(Slot& target);

    std::unique_ptr<PayloadFormat> format_;
    AssemblerLimits limits_;
    double hold_s_ = 0.1;
    wire::SequenceUnwrapper unwrapper_;
    std::vector<Slot> slots_;
    std::vector<std::vector<std::uint8_t>> spare_;  // buffers of released slots
    std::size_t held_bytes_ = 0;
    bool started_ = false;       // a first packet came
    bool delivered_ = false;     // something was scanned past: earlier packets are late from here on
    bool loss_before_ = true;    // nothing is known of what came before the first packet
    std::int64_t next_ = 0;      // first sequence not yet delivered
    std::int64_t cursor_ = 0;    // scan position: next_ ≤ cursor_ ≤ highest_ + 1
    std::int64_t highest_ = -1;  // newest sequence received
    AssemblerStats stats_;
};

}  // namespace cms::payload
