// The two seams of a session: where its packets go, and who hears what happened.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "payload/codec.hpp"
#include "payload/frame_assembler.hpp"
#include "session/address.hpp"
#include "wire/bytes.hpp"

namespace cms::session {

using wire::Bytes;
using wire::MutableBytes;

// Which socket of the pair.
enum class Channel : std::uint8_t { Rtp, Rtcp };

// Takes packets as they go out. The bytes are the session's again when send returns.
class PacketSink {
public:
    virtual ~PacketSink() = default;
    virtual void send(Channel channel, Bytes packet, const Address& to) = 0;
    // Several of one picture, in order; for a sink that can do better than one by one.
    virtual void send_row(Channel channel, std::span<const Bytes> packets, const Address& to) {
        for (const Bytes packet : packets) send(channel, packet, to);
    }
    // Only `peer` will be listened to on the socket for RTP from now on, and sent to; nothing: that is open again. For a
    // sink that can make use of it.
    virtual void settle(const std::optional<Address>& /*peer*/) {}
};

// What a peer may do wrong. Counted every time, told once per kind and stream.
enum class Fault : std::uint8_t {
    MalformedRtp,
    MalformedRtcp,
    MalformedPayload,
    UnknownPayloadType,
    SrtpFailure,
    Stranger,
};
inline constexpr int kFaultKinds = 6;

std::string_view fault_name(Fault fault);

class SessionEvents {
public:
    virtual ~SessionEvents() = default;
    // The receiver may take the data out of `unit`.
    virtual void on_access_unit(payload::VideoCodec codec, payload::AccessUnit& unit) = 0;
    virtual void on_key_frame_request() = 0;
    virtual void on_digit(char digit) = 0;
    virtual void on_fault(Fault fault, const Address& peer) = 0;
    virtual void on_silence(bool silent) = 0;
};

}  // namespace cms::session
