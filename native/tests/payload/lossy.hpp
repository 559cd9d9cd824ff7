// A seeded network between a packetizer and an assembler: loses, duplicates, delays and so reorders packets.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "payload/frame_assembler.hpp"
#include "payload/piece.hpp"
#include "wire/rtp.hpp"

namespace cms::test {

struct Datagram {
    double arrival_s = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    bool marker = false;
    std::vector<std::uint8_t> payload;

    wire::RtpView view() const {
        wire::RtpView made;
        made.sequence = sequence;
        made.timestamp = timestamp;
        made.marker = marker;
        made.payload = payload;
        return made;
    }
};

inline std::vector<std::uint8_t> bytes_of(const payload::PayloadPiece& piece) {
    std::vector<std::uint8_t> bytes(piece.size());
    piece.write(bytes);
    return bytes;
}

// Numbers payloads as a sender does: one sequence over all pictures, one timestamp for each.
class Numbering {
public:
    explicit Numbering(std::uint16_t first_sequence = 65500) : sequence_(first_sequence) {}

    void add(const std::vector<payload::PayloadPiece>& pieces, std::uint32_t timestamp, double sent_s,
             std::vector<Datagram>& out) {
        for (const auto& piece : pieces) {
            out.push_back({sent_s, sequence_++, timestamp, piece.marker, bytes_of(piece)});
        }
    }

private:
    std::uint16_t sequence_;
};

struct Weather {
    double loss = 0;           // chance of a packet not to come at the first time
    double retransmitted = 0;  // chance of a lost packet to come after all, later
    double duplicated = 0;
    double jitter_s = 0;
    double retransmission_delay_s = 0.05;
};

inline std::vector<Datagram> travel(const std::vector<Datagram>& sent, const Weather& weather, std::mt19937& random) {
    std::uniform_real_distribution<double> chance(0, 1);
    std::vector<Datagram> arrived;
    for (const Datagram& each : sent) {
        Datagram copy = each;
        copy.arrival_s += chance(random) * weather.jitter_s;
        if (chance(random) < weather.loss) {
            if (chance(random) >= weather.retransmitted) continue;
            copy.arrival_s += weather.retransmission_delay_s;
        }
        arrived.push_back(copy);
        if (chance(random) < weather.duplicated) {
            copy.arrival_s += chance(random) * weather.jitter_s;
            arrived.push_back(copy);
        }
    }
    std::stable_sort(arrived.begin(), arrived.end(),
                     [](const Datagram& a, const Datagram& b) { return a.arrival_s < b.arrival_s; });
    return arrived;
}

inline std::vector<payload::AccessUnit> receive(payload::FrameAssembler& assembler,
                                                const std::vector<Datagram>& arrived, double end_s) {
    std::vector<payload::AccessUnit> pictures;
    payload::AccessUnit picture;
    const auto take = [&](double now_s) {
        while (assembler.pop(now_s, picture)) pictures.push_back(picture);
    };
    for (const Datagram& each : arrived) {
        // As the engine does: wake at the deadline, if that comes before the next packet.
        while (assembler.deadline_s() <= each.arrival_s) take(assembler.deadline_s());
        assembler.push(each.view(), each.arrival_s);
        take(each.arrival_s);
    }
    while (assembler.deadline_s() <= end_s) take(assembler.deadline_s());
    return pictures;
}

}  // namespace cms::test
