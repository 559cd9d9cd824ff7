// Adaptive playout of audio packets: decides which packet is heard when; decodes nothing.
//
// All positions are 48 kHz samples, whatever the RTP clock. The playout delay is measured against the fastest packet of the
// last seconds: a sample with timestamp t is heard at base + t + delay, where base is the smallest (arrival - timestamp)
// in the window. The target delay is a high percentile of what packets took longer than that, and a tick. So jitter of the
// network and drift between the two clocks are seen as what they are, and the receiver corrects them by one pitch period
// at a time.
//
// Assumptions: one sender at a time; `now` is the nominal time of the tick, not the moment the thread got to run.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "audio/block.hpp"
#include "audio/transit_window.hpp"

namespace cms::audio {

struct JitterSettings {
    int min_delay_ms = 20;
    int max_delay_ms = 200;
};

struct AudioPacket {
    std::int64_t sequence = 0;  // unwrapped by the caller
    std::uint32_t rtp_timestamp = 0;
    int rtp_clock_hz = 8000;  // a divisor of 48000
    double arrival_s = 0;
    std::uint8_t payload_type = 0;
    bool comfort_noise = false;  // RFC 3389: ends a talkspurt
    bool quiet = false;          // its sender says that there is nothing to hear in it
    int samples = 0;             // duration at 48 kHz; 0 for comfort noise
    std::span<const std::uint8_t> payload;
};

enum class Inserted : std::uint8_t {
    accepted,
    late,  // its turn is over
    duplicate,
    suspect,  // timestamp far off; the next packet tells whether the sender restarted
    oversized,
};

struct JitterStats {
    std::uint64_t accepted = 0;
    std::uint64_t late = 0;
    std::uint64_t duplicate = 0;
    std::uint64_t suspect = 0;
    std::uint64_t oversized = 0;
    std::uint64_t overflowed = 0;  // dropped unheard because too much was waiting
    std::uint64_t lost = 0;        // gaps in the sequence that were reached
    std::uint64_t restarts = 0;    // of the sender, recognised by its timestamps
    double delay_ms = 0;           // between arrival of the fastest packets and being heard
    double target_ms = 0;
    double jitter_ms = 0;  // percentile that the target is made from
};

enum class PullKind : std::uint8_t {
    packet,  // decode it
    lost,    // `samples` are missing; `packet` follows right behind them (for in-band redundancy) or is nullptr
    hold,    // nothing is due for `samples`: not started, a pause, or everything is late
};

struct StoredPacket {
    std::int64_t sequence = 0;
    std::int64_t timestamp = 0;  // 48 kHz samples, unwrapped
    int samples = 0;
    int payload_bytes = 0;
    std::uint8_t payload_type = 0;
    bool comfort_noise = false;
    bool quiet = false;
    std::array<std::uint8_t, kMaxPayloadBytes> payload;

    std::span<const std::uint8_t> bytes() const { return {payload.data(), static_cast<std::size_t>(payload_bytes)}; }
};

struct Pull {
    PullKind kind = PullKind::hold;
    int samples = 0;
    const StoredPacket* packet = nullptr;  // valid until the next insert or pull
};

enum class Stretch : std::uint8_t { none, shorten, lengthen };

class JitterBuffer {
public:
    explicit JitterBuffer(JitterSettings settings = {});

    Inserted insert(const AudioPacket& packet);

    // What comes next. `ahead` samples will be heard between now and what this call returns; a hold is at most `wanted`.
    Pull pull(double now_s, int ahead, int wanted);

    // Whether what waits goes on from what is due without a gap, for so many samples at least.
    bool covers(int samples) const;

    // Whether the sound should be made a pitch period shorter or longer now; `ahead` as in pull. Once per tick.
    Stretch advice(double now_s, int ahead);

    // Forgets everything but the settings and the counters: a new SSRC.
    void restart();

    const JitterStats& stats() const { return stats_; }

private:
    // 120 packets of 2.5 ms are 300 ms, more than may wait; storage is touched only when needed.
    static constexpr int kCapacity = 128;

    struct Clocked {
        std::int64_t clock = 0;  // unwrapped RTP timestamp
        double transit_s = 0;    // arrival less timestamp
    };

    Clocked place(const AudioPacket& packet) const;
    bool believable(double transit_s);
    void note(const AudioPacket& packet, const Clocked& placed);
    Inserted store(const AudioPacket& packet, std::int64_t timestamp);
    int find(std::int64_t timestamp) const;
    StoredPacket& slot(int index) const { return slots_[order_[static_cast<std::size_t>(index)]]; }
    void drop_first();
    void drop_excess(int ahead);
    Pull take_first();
    Pull cross_gap(double now_s, int ahead, int wanted);
    int early_by(std::int64_t timestamp, double now_s, int ahead) const;
    double delay_s(std::int64_t timestamp, double now_s, int ahead) const;
    double target_s() const;
    int waiting_samples() const;

    JitterSettings settings_;
    JitterStats stats_;
    std::unique_ptr<StoredPacket[]> slots_;
    std::array<std::uint8_t, kCapacity> order_{};  // [0, count_): by timestamp; the rest: free, last used first
    int count_ = 0;

    TransitWindow window_;
    bool has_clock_ = false;
    int clock_hz_ = 0;
    std::int64_t last_clock_ = 0;
    double last_transit_s_ = 0;
    bool has_suspect_ = false;
    double suspect_transit_s_ = 0;
    int packet_samples_ = 0;  // of the latest packet

    bool started_ = false;
    bool starved_ = false;   // the last pull found nothing
    std::int64_t next_ = 0;  // timestamp due next
    std::int64_t last_sequence_ = 0;
};

}  // namespace cms::audio
