// RTP packets (RFC 3550 §5.1, header extensions RFC 8285): parse, write the fixed header, unwrap counters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

#include "wire/bytes.hpp"

namespace cms::wire {

inline constexpr std::size_t kRtpHeaderBytes = 12;

// Bytes before the payload: fixed header, CSRCs and header extension. All that can be told of an encrypted packet;
// nothing when the bytes are no RTP version 2 packet.
std::optional<std::size_t> rtp_header_bytes(Bytes packet);

// Views into the parsed packet: valid as long as its bytes are.
struct RtpView {
    bool marker = false;
    std::uint8_t payload_type = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t ssrc = 0;
    Bytes csrcs;  // four bytes each; see csrc()
    std::uint16_t extension_profile = 0;
    Bytes extensions;  // body of the header extension, empty when there is none
    Bytes payload;     // without padding; may be empty
    std::size_t header_bytes = 0;
    std::size_t padding_bytes = 0;

    // Nothing when the bytes are no RTP version 2 packet or contradict their own lengths.
    static std::optional<RtpView> parse(Bytes packet);

    std::size_t csrc_count() const { return csrcs.size() / 4; }
    std::uint32_t csrc(std::size_t index) const { return load_u32(csrcs.data() + 4 * index); }

    // Data of the RFC 8285 element `id`, in the one-byte or the two-byte form; nothing when it is not there.
    std::optional<Bytes> extension(std::uint8_t id) const;
};

// What we put in front of a payload: no CSRC, no extension, no padding.
struct RtpHeader {
    bool marker = false;
    std::uint8_t payload_type = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t ssrc = 0;

    // `out` holds at least kRtpHeaderBytes; returns how many were written, 0 when there is no room.
    std::size_t write(MutableBytes out) const;
};

// Extends a wrapping counter to 64 bits: each value is taken to be within half the range of the newest seen.
// The first value maps to itself, so an earlier one may come out negative.
template <typename Counter>
class Unwrapper {
public:
    std::int64_t unwrap(Counter value) {
        const std::int64_t extended = peek(value);
        if (!newest_ || extended > *newest_) newest_ = extended;
        return extended;
    }

    // The same without moving the newest: for packets that may yet be refused.
    std::int64_t peek(Counter value) const {
        if (!newest_) return value;
        using Signed = std::make_signed_t<Counter>;
        return *newest_ + static_cast<Signed>(static_cast<Counter>(value - static_cast<Counter>(*newest_)));
    }

    void reset() { newest_.reset(); }

private:
    std::optional<std::int64_t> newest_;
};

using SequenceUnwrapper = Unwrapper<std::uint16_t>;
using TimestampUnwrapper = Unwrapper<std::uint32_t>;

// True when `a` comes after `b` on a wrapping counter (RFC 1982 sense).
inline bool sequence_after(std::uint16_t a, std::uint16_t b) {
    return static_cast<std::int16_t>(static_cast<std::uint16_t>(a - b)) > 0;
}

}  // namespace cms::wire
