#include "audio/jitter_buffer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace cms::audio {
namespace {

constexpr double kSamplePeriodS = 1.0 / kSampleRateHz;
constexpr double kTickS = kTickMs / 1000.0;

// A timestamp this far from where the clock should be is a sender that restarted, or garbage.
constexpr double kOffClockS = 0.5;

// All sound of a tick must have come when the tick begins, so its last sample is needed 20 ms before it is heard; 4 ms are
// for the scheduling of this process and for drift between two corrections.
constexpr double kAheadS = kTickS + 0.004;

// The delay may wander within [target - 3 ms, target + 10 ms]: wider than one correction (2.5 to 12.5 ms), or they would chase
// each other.
constexpr double kTooEarlyS = 0.003;
constexpr double kTooLateS = 0.010;

// What must be in hand to shorten: this tick and the longest period.
constexpr int kShortenNeeds = kTickSamples + 25 * kSamplesPerMs / 2;

// Waiting sound beyond the maximum delay, before it is dropped.
constexpr int kExcessSamples = 2 * kTickSamples;

// Half a millisecond is not worth holding for.
constexpr int kNearSamples = kSamplesPerMs / 2;

}  // namespace

JitterBuffer::JitterBuffer(JitterSettings settings)
    : settings_(settings), slots_(std::make_unique_for_overwrite<StoredPacket[]>(kCapacity)) {
    for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = static_cast<std::uint8_t>(i);
    stats_.target_ms = settings.min_delay_ms;
}

void JitterBuffer::restart() {
    count_ = 0;
    window_.clear();
    has_clock_ = has_suspect_ = started_ = starved_ = false;
    packet_samples_ = 0;
}

Inserted JitterBuffer::insert(const AudioPacket& packet) {
    if (packet.payload.size() > kMaxPayloadBytes || packet.samples > kMaxPacketSamples) {
        ++stats_.oversized;
        return Inserted::oversized;
    }
    if (has_clock_ && packet.rtp_clock_hz != clock_hz_) {
        ++stats_.restarts;
        restart();
    }
    const Clocked placed = place(packet);
    if (!believable(placed.transit_s)) {
        ++stats_.suspect;
        return Inserted::suspect;
    }
    const Inserted result = store(packet, placed.clock * (kSampleRateHz / packet.rtp_clock_hz));
    if (result == Inserted::duplicate)
        ++stats_.duplicate;
    else
        note(packet, placed);
    if (result == Inserted::late) ++stats_.late;
    if (result == Inserted::accepted) ++stats_.accepted;
    return result;
}

JitterBuffer::Clocked JitterBuffer::place(const AudioPacket& packet) const {
    std::int64_t clock = packet.rtp_timestamp;
    if (has_clock_) {
        const std::uint32_t step = packet.rtp_timestamp - static_cast<std::uint32_t>(last_clock_);
        clock = last_clock_ + static_cast<std::int32_t>(step);
    }
    return {clock, packet.arrival_s - static_cast<double>(clock) / packet.rtp_clock_hz};
}

bool JitterBuffer::believable(double transit_s) {
    if (!has_clock_ || std::abs(transit_s - last_transit_s_) <= kOffClockS) {
        has_suspect_ = false;
        return true;
    }
    if (has_suspect_ && std::abs(transit_s - suspect_transit_s_) <= kOffClockS) {
        ++stats_.restarts;
        restart();
        return true;
    }
    has_suspect_ = true;
    suspect_transit_s_ = transit_s;
    return false;
}

void JitterBuffer::note(const AudioPacket& packet, const Clocked& placed) {
    has_clock_ = true;
    clock_hz_ = packet.rtp_clock_hz;
    last_clock_ = placed.clock;
    last_transit_s_ = placed.transit_s;
    if (packet.samples > 0) packet_samples_ = packet.samples;
    window_.add(packet.arrival_s, placed.transit_s);
}

int JitterBuffer::find(std::int64_t timestamp) const {
    int index = count_;
    while (index > 0 && slot(index - 1).timestamp >= timestamp) --index;
    return index;
}

Inserted JitterBuffer::store(const AudioPacket& packet, std::int64_t timestamp) {
    if (started_ && packet.sequence == last_sequence_) return Inserted::duplicate;
    if (started_ && timestamp < next_) return Inserted::late;
    if (count_ == kCapacity) {
        drop_first();
        ++stats_.overflowed;
    }
    const int index = find(timestamp);
    if (index < count_ && slot(index).timestamp == timestamp) return Inserted::duplicate;
    std::rotate(order_.begin() + index, order_.begin() + count_, order_.begin() + count_ + 1);
    ++count_;
    StoredPacket& stored = slot(index);
    stored.sequence = packet.sequence;
    stored.timestamp = timestamp;
    stored.samples = packet.samples;
    stored.payload_bytes = static_cast<int>(packet.payload.size());
    stored.payload_type = packet.payload_type;
    stored.comfort_noise = packet.comfort_noise;
    stored.quiet = packet.quiet;
    if (!packet.payload.empty()) std::memcpy(stored.payload.data(), packet.payload.data(), packet.payload.size());
    return Inserted::accepted;
}

void JitterBuffer::drop_first() {
    std::rotate(order_.begin(), order_.begin() + 1, order_.begin() + count_);
    --count_;
    if (started_ && count_ > 0) next_ = std::max(next_, slot(0).timestamp);
}

int JitterBuffer::waiting_samples() const {
    if (count_ == 0) return 0;
    const StoredPacket& last = slot(count_ - 1);
    const std::int64_t from = started_ ? next_ : slot(0).timestamp;
    return static_cast<int>(std::clamp<std::int64_t>(last.timestamp + last.samples - from, 0, 60 * kSampleRateHz));
}

// A jam dissolved: all of it came at once. What is beyond the bound will never be heard in time.
void JitterBuffer::drop_excess(int ahead) {
    const int bound = settings_.max_delay_ms * kSamplesPerMs + kExcessSamples + 2 * packet_samples_;
    if (ahead + waiting_samples() <= bound) return;
    const int enough = static_cast<int>(target_s() * kSampleRateHz) + kExcessSamples;
    while (count_ > 1 && ahead + waiting_samples() > enough) {
        last_sequence_ = slot(0).sequence;
        drop_first();
        ++stats_.overflowed;
    }
}

double JitterBuffer::target_s() const {
    const double needed = window_.jitter_s() + kAheadS;
    return std::clamp(needed, settings_.min_delay_ms / 1000.0, settings_.max_delay_ms / 1000.0);
}

double JitterBuffer::delay_s(std::int64_t timestamp, double now_s, int ahead) const {
    return now_s - window_.base_s() + (ahead - static_cast<double>(timestamp)) * kSamplePeriodS;
}

int JitterBuffer::early_by(std::int64_t timestamp, double now_s, int ahead) const {
    const double early_s = target_s() - delay_s(timestamp, now_s, ahead);
    return static_cast<int>(std::clamp(std::lround(early_s * kSampleRateHz), 0L, long{kSampleRateHz}));
}

Pull JitterBuffer::take_first() {
    const StoredPacket& first = slot(0);
    drop_first();
    next_ = first.timestamp + first.samples;
    last_sequence_ = first.sequence;
    started_ = true;
    starved_ = false;
    return {PullKind::packet, first.samples, &first};
}

Pull JitterBuffer::pull(double now_s, int ahead, int wanted) {
    drop_excess(ahead);
    if (count_ == 0) {
        starved_ = started_;
        return {PullKind::hold, wanted, nullptr};
    }
    if (started_ && slot(0).timestamp <= next_) return take_first();
    return cross_gap(now_s, ahead, wanted);
}

bool JitterBuffer::covers(int samples) const {
    if (!started_) return false;
    std::int64_t end = next_;
    for (int i = 0; i < count_ && end < next_ + samples && slot(i).timestamp <= end; ++i) {
        end = std::max(end, slot(i).timestamp + slot(i).samples);
    }
    return end >= next_ + samples;
}

Pull JitterBuffer::cross_gap(double now_s, int ahead, int wanted) {
    const StoredPacket& first = slot(0);
    if (!started_ || starved_) {
        const int early = early_by(first.timestamp, now_s, ahead);
        const auto wait = started_ ? std::min<std::int64_t>(early, first.timestamp - next_) : early;
        if (wait > kNearSamples) return {PullKind::hold, static_cast<int>(std::min<std::int64_t>(wait, wanted)), nullptr};
        if (started_) stats_.lost += static_cast<std::uint64_t>(std::max<std::int64_t>(0, first.sequence - last_sequence_ - 1));
        return take_first();
    }
    const std::int64_t gap = first.timestamp - next_;
    if (first.sequence <= last_sequence_ + 1) {
        const int pause = static_cast<int>(std::min<std::int64_t>(gap, wanted));
        next_ += pause;
        return {PullKind::hold, pause, nullptr};
    }
    if (gap > first.samples) {
        const int part = static_cast<int>(std::min<std::int64_t>(gap - first.samples, wanted));
        next_ += part;
        return {PullKind::lost, part, nullptr};
    }
    stats_.lost += static_cast<std::uint64_t>(first.sequence - last_sequence_ - 1);
    last_sequence_ = first.sequence - 1;
    next_ = first.timestamp;
    return {PullKind::lost, static_cast<int>(gap), &first};
}

Stretch JitterBuffer::advice(double now_s, int ahead) {
    const double target = target_s();
    stats_.target_ms = target * 1000;
    stats_.jitter_ms = window_.jitter_s() * 1000;
    if (!started_ || starved_) return Stretch::none;
    const double delay = delay_s(next_, now_s, ahead);
    stats_.delay_ms = delay * 1000;
    if (delay > target + kTooLateS && ahead + waiting_samples() >= kShortenNeeds) return Stretch::shorten;
    if (delay < target - kTooEarlyS) return Stretch::lengthen;
    return Stretch::none;
}

}  // namespace cms::audio
