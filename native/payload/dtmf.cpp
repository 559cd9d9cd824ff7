#include "payload/dtmf.hpp"

#include <algorithm>
#include <string_view>

namespace cms::payload {

namespace {

constexpr std::string_view kDigits = "0123456789*#ABCD";  // by event code, RFC 4733 §3.2 table 3
constexpr std::size_t kMaxQueued = 64;
constexpr std::uint32_t kShortestMs = 40;  // ITU-T Q.24: what a receiver must recognise
constexpr std::uint32_t kPauseMs = 40;     // and the silence between two
constexpr std::uint32_t kLongestTicks = 0xFFFF;
constexpr unsigned kEndPackets = 3;  // RFC 4733 §2.5.1.4
constexpr std::uint8_t kEndBit = 0x80;
constexpr std::uint8_t kVolume = 10;  // -10 dBm0, what phones send

// A key press this much before the last one is a straggler; further back, the peer started new timestamps.
constexpr std::int32_t kStragglerTicks = 8 * 0x10000;

}  // namespace

std::optional<std::uint8_t> dtmf_event(char digit) {
    if (digit >= 'a' && digit <= 'd') digit = static_cast<char>(digit - 'a' + 'A');
    const std::size_t event = kDigits.find(digit);
    if (event == std::string_view::npos) return std::nullopt;
    return static_cast<std::uint8_t>(event);
}

std::optional<char> dtmf_digit(std::uint8_t event) {
    if (event >= kDigits.size()) return std::nullopt;
    return kDigits[event];
}

DtmfSender::DtmfSender(std::uint32_t clock_hz, std::uint32_t packet_time_ms)
    : clock_hz_(clock_hz), packet_ticks_(clock_hz / 1000 * packet_time_ms) {}

bool DtmfSender::press(char digit, std::uint32_t duration_ms) {
    const auto event = dtmf_event(digit);
    if (!event || queue_.size() == kMaxQueued) return false;
    const std::uint64_t ticks = std::uint64_t{clock_hz_} / 1000 * std::max(duration_ms, kShortestMs);
    queue_.push_back({*event, static_cast<std::uint32_t>(std::min<std::uint64_t>(ticks, kLongestTicks))});
    return true;
}

std::optional<DtmfPacket> DtmfSender::tick(std::uint32_t timestamp) {
    if (phase_ == Phase::Pause) {
        elapsed_ticks_ += packet_ticks_;
        if (elapsed_ticks_ < clock_hz_ / 1000 * kPauseMs) return std::nullopt;
        phase_ = Phase::Idle;
        return std::nullopt;
    }
    if (phase_ == Phase::Idle) return begin(timestamp);
    if (phase_ == Phase::Down) return hold();
    return finish();
}

// The first packet speaks for the packet time that begins at its timestamp.
std::optional<DtmfPacket> DtmfSender::begin(std::uint32_t timestamp) {
    if (queue_.empty()) return std::nullopt;
    now_ = queue_.front();
    queue_.pop_front();
    phase_ = Phase::Down;
    start_timestamp_ = timestamp;
    elapsed_ticks_ = std::min(packet_ticks_, now_.duration_ticks);
    ends_sent_ = 0;
    return packet(true, false);
}

DtmfPacket DtmfSender::hold() {
    elapsed_ticks_ = std::min(elapsed_ticks_ + packet_ticks_, now_.duration_ticks);
    if (elapsed_ticks_ < now_.duration_ticks) return packet(false, false);
    phase_ = Phase::Ending;
    return finish();
}

DtmfPacket DtmfSender::finish() {
    const DtmfPacket last = packet(false, true);
    if (++ends_sent_ == kEndPackets) {
        phase_ = Phase::Pause;
        elapsed_ticks_ = 0;
    }
    return last;
}

DtmfPacket DtmfSender::packet(bool first, bool end) const {
    DtmfPacket made{.marker = first, .timestamp = start_timestamp_};
    made.payload[0] = now_.event;
    made.payload[1] = static_cast<std::uint8_t>((end ? kEndBit : 0) | kVolume);
    wire::store_u16(made.payload.data() + 2, static_cast<std::uint16_t>(elapsed_ticks_));
    return made;
}

DtmfReceived DtmfReceiver::receive(wire::Bytes payload, std::uint32_t timestamp) {
    if (payload.size() < 4) return {DtmfOutcome::Malformed};
    const std::uint8_t code = payload[0];
    const auto digit = dtmf_digit(code);
    if (!digit) return {DtmfOutcome::NotADigit};
    const bool ended = (payload[1] & kEndBit) != 0;
    const std::uint32_t end_timestamp = timestamp + wire::load_u16(payload.data() + 2);
    if (last_ && same_or_older(timestamp)) {
        if (timestamp == last_->timestamp) extend(end_timestamp, ended);
        return {DtmfOutcome::Known};
    }
    const bool continued = last_ && continues(*last_, code, timestamp);
    last_ = Event{.timestamp = timestamp, .end_timestamp = end_timestamp, .code = code, .ended = ended};
    if (continued) return {DtmfOutcome::Known};
    return {DtmfOutcome::Pressed, *digit};
}

bool DtmfReceiver::same_or_older(std::uint32_t timestamp) const {
    const auto ahead = static_cast<std::int32_t>(timestamp - last_->timestamp);
    return ahead <= 0 && ahead > -kStragglerTicks;
}

void DtmfReceiver::extend(std::uint32_t end_timestamp, bool ended) {
    last_->ended = last_->ended || ended;
    if (static_cast<std::int32_t>(end_timestamp - last_->end_timestamp) > 0) last_->end_timestamp = end_timestamp;
}

// A key held longer than one event can say goes on as a new event where the last one stopped (RFC 4733 §2.5.1.3).
// Its last updates may be lost, but then it was a full one.
bool DtmfReceiver::continues(const Event& last, std::uint8_t code, std::uint32_t timestamp) {
    if (last.ended || code != last.code) return false;
    return timestamp == last.end_timestamp || timestamp - last.timestamp == kLongestTicks;
}

}  // namespace cms::payload
