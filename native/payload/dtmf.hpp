// DTMF as telephone-events (RFC 4733): key presses to payloads and back. Times in RTP clock ticks of the audio stream.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "wire/bytes.hpp"

namespace cms::payload {

// 0-9, *, #, A-D (also lower case) to the event code of RFC 4733 §3.2.
std::optional<std::uint8_t> dtmf_event(char digit);
std::optional<char> dtmf_digit(std::uint8_t event);

struct DtmfPacket {
    bool marker = false;          // on the first packet of a key press
    std::uint32_t timestamp = 0;  // of the start of the key press, the same in all its packets
    std::array<std::uint8_t, 4> payload{};
};

// One packet per packet time while a key is down, then the end three times, then a pause.
class DtmfSender {
public:
    DtmfSender(std::uint32_t clock_hz, std::uint32_t packet_time_ms);

    // Queues a key press. False: no such key, or 64 presses wait already. The duration is kept between 40 ms, which
    // receivers must recognise, and what one event can carry (16 bits: 8.1 s at 8 kHz, 1.3 s at 48 kHz).
    bool press(char digit, std::uint32_t duration_ms);

    // True while an event or the pause after one lasts: audio packets are not to be sent when tick() gave a packet.
    bool active() const { return phase_ != Phase::Idle || !queue_.empty(); }

    // Once per packet time; `timestamp` is the one that an audio packet sent now would carry.
    std::optional<DtmfPacket> tick(std::uint32_t timestamp);

private:
    enum class Phase : std::uint8_t { Idle, Down, Ending, Pause };

    struct Press {
        std::uint8_t event;
        std::uint32_t duration_ticks;
    };

    std::optional<DtmfPacket> begin(std::uint32_t timestamp);
    DtmfPacket hold();
    DtmfPacket finish();
    DtmfPacket packet(bool first, bool end) const;

    std::uint32_t clock_hz_;
    std::uint32_t packet_ticks_;
    std::deque<Press> queue_;
    Phase phase_ = Phase::Idle;
    Press now_{};
    std::uint32_t start_timestamp_ = 0;
    std::uint32_t elapsed_ticks_ = 0;  // of the key press, then of the pause
    unsigned ends_sent_ = 0;
};

enum class DtmfOutcome : std::uint8_t { Pressed, Known, NotADigit, Malformed };

struct DtmfReceived {
    DtmfOutcome outcome = DtmfOutcome::Malformed;
    char digit = 0;  // when Pressed
};

// Reports a key press once, at the first packet of it that arrives, whichever that is. Presses are told apart by their
// RTP timestamp. Assumption: only the first event of a packet is read (RFC 4733 §2.5.1.5 allows several).
class DtmfReceiver {
public:
    DtmfReceived receive(wire::Bytes payload, std::uint32_t timestamp);

private:
    struct Event {
        std::uint32_t timestamp = 0;
        std::uint32_t end_timestamp = 0;  // furthest that its durations reached
        std::uint8_t code = 0;
        bool ended = false;
    };

    bool same_or_older(std::uint32_t timestamp) const;
    void extend(std::uint32_t end_timestamp, bool ended);
    static bool continues(const Event& last, std::uint8_t code, std::uint32_t timestamp);

    std::optional<Event> last_;
};

}  // namespace cms::payload
