// What a packet costs between the socket and the codec: payload formats, SRTP, RTCP. Prints one JSON object.
//
//   payload_bench [--seconds N]   N per figure, default 0.5
//
// The picture is that of a 720p stream at 2 Mbit/s and 30 frames/s (8.3 kB) and a key frame (40 kB), payloads of
// 1200 bytes. One figure is nanoseconds of this thread's CPU time per packet, the best of five runs: the machine's
// other work only ever adds.
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "payload/frame_assembler.hpp"
#include "payload/h264.hpp"
#include "payload/vp8.hpp"
#include "wire/rtcp.hpp"
#include "wire/rtp.hpp"
#include "wire/srtp.hpp"

using namespace cms;

namespace {

constexpr std::size_t kPayloadBytes = 1200;
constexpr std::size_t kPacketBytes = wire::kRtpHeaderBytes + kPayloadBytes;

double seconds_per_figure = 0.5;

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Nanoseconds per call of `work`, which does `units` units of what is measured at each call.
template <typename Work>
double nanoseconds(double units, Work&& work) {
    double best = 1e18;
    for (int run = 0; run < 5; ++run) {
        std::uint64_t calls = 0;
        const double begin = cpu_seconds();
        double elapsed = 0;
        while (elapsed < seconds_per_figure / 5) {
            for (int i = 0; i < 16; ++i) work();
            calls += 16;
            elapsed = cpu_seconds() - begin;
        }
        best = std::min(best, elapsed * 1e9 / (static_cast<double>(calls) * units));
    }
    return best;
}

bool first_figure = true;

void print(const char* name, double value_ns) {
    std::printf("%s\n  \"%s\": %.1f", first_figure ? "{" : ",", name, value_ns);
    first_figure = false;
}

// An access unit with what emulation prevention leaves of noise, and its parameter sets when it is a key frame.
std::vector<std::uint8_t> h264_picture(std::size_t bytes, bool key) {
    std::mt19937 random(1);
    std::vector<std::uint8_t> picture;
    if (key) picture = {0, 0, 0, 1, 0x67, 0x42, 0xC0, 0x1F, 0xDA, 0x01, 0x40, 0, 0, 0, 1, 0x68, 0xCE, 0x0F, 0x2C, 0x80};
    const std::uint8_t header = key ? 0x65 : 0x41;
    picture.insert(picture.end(), {0, 0, 0, 1, header, 0x88});
    while (picture.size() < bytes) picture.push_back(static_cast<std::uint8_t>(1 + random() % 255));
    return picture;
}

void bench_packetize(const char* name, payload::H264Packetizer& packetizer, wire::Bytes picture) {
    std::vector<payload::PayloadPiece> pieces;
    std::array<std::uint8_t, kPacketBytes> packet;
    packetizer.packetize(picture, pieces);
    std::uint16_t sequence = 0;
    print(name, nanoseconds(static_cast<double>(pieces.size()), [&] {
              packetizer.packetize(picture, pieces);
              for (const auto& piece : pieces) {
                  const wire::RtpHeader header{piece.marker, 96, sequence++, 0, 1};
                  header.write(packet);
                  piece.write(wire::MutableBytes(packet).subspan(wire::kRtpHeaderBytes));
              }
          }));
}

// Whole packets as they would come from the socket; their numbers are written anew for each picture.
struct Packets {
    std::vector<std::vector<std::uint8_t>> bytes;

    explicit Packets(const std::vector<payload::PayloadPiece>& pieces) {
        for (const auto& piece : pieces) {
            auto& packet = bytes.emplace_back(wire::kRtpHeaderBytes + piece.size());
            wire::RtpHeader{piece.marker, 96, 0, 0, 1}.write(packet);
            piece.write(wire::MutableBytes(packet).subspan(wire::kRtpHeaderBytes));
        }
    }

    void renumber(std::uint16_t& sequence, std::uint32_t timestamp) {
        for (auto& packet : bytes) {
            wire::store_u16(packet.data() + 2, sequence++);
            wire::store_u32(packet.data() + 4, timestamp);
        }
    }
};

void bench_assemble(const char* name, payload::VideoCodec codec, const std::vector<payload::PayloadPiece>& pieces,
                    bool swapped) {
    payload::FrameAssembler assembler(payload::make_payload_format(codec));
    payload::AccessUnit picture;
    Packets packets(pieces);
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::vector<std::size_t> order(packets.bytes.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    for (std::size_t i = 0; swapped && i + 1 < order.size(); i += 2) std::swap(order[i], order[i + 1]);
    const double units = static_cast<double>(packets.bytes.size());
    print(name, nanoseconds(units, [&] {
              packets.renumber(sequence, timestamp += 3000);
              for (const std::size_t i : order) {
                  assembler.push(*wire::RtpView::parse(packets.bytes[i]), 0);
                  while (assembler.pop(0, picture)) {
                  }
              }
          }));
}

void bench_h264(const char* packetize_name, const char* assemble_name, std::size_t bytes, bool key) {
    const auto picture = h264_picture(bytes, key);
    payload::H264Packetizer packetizer(payload::H264Mode::NonInterleaved, kPayloadBytes);
    bench_packetize(packetize_name, packetizer, picture);
    std::vector<payload::PayloadPiece> pieces;
    packetizer.packetize(picture, pieces);
    bench_assemble(assemble_name, payload::VideoCodec::H264, pieces, false);
    if (key) bench_assemble("h264_key_frame_assemble_swapped_ns", payload::VideoCodec::H264, pieces, true);
}

void bench_vp8() {
    const std::vector<std::uint8_t> frame(8300, 0x31);
    payload::Vp8Packetizer packetizer(kPayloadBytes, 0);
    std::vector<payload::PayloadPiece> pieces;
    packetizer.packetize(frame, pieces);
    bench_assemble("vp8_assemble_ns", payload::VideoCodec::Vp8, pieces, false);
}

void bench_srtp(wire::SrtpSuite suite, const char* protect_name, const char* unprotect_name) {
    const std::vector<std::uint8_t> key(wire::srtp_key_and_salt_bytes(suite), 0x42);
    const auto sender = wire::SrtpContext::create(suite, key);
    std::array<std::uint8_t, kPacketBytes + wire::kSrtpMaxGrowthBytes> packet{};
    std::uint16_t sequence = 0;
    print(protect_name, nanoseconds(1, [&] {
              wire::RtpHeader{false, 96, sequence++, 0, 1}.write(packet);
              if (!sender->protect(packet, kPacketBytes)) std::abort();
          }));

    // A receiver sees each packet once: protect a ring of packets beforehand, and start afresh with each ring.
    constexpr std::size_t kRing = 4096;
    const auto again = wire::SrtpContext::create(suite, key);
    std::vector<std::vector<std::uint8_t>> ring(kRing, std::vector<std::uint8_t>(packet.size()));
    std::size_t size = 0;
    for (std::size_t i = 0; i < kRing; ++i) {
        wire::RtpHeader{false, 96, static_cast<std::uint16_t>(i), 0, 1}.write(ring[i]);
        size = again->protect(ring[i], kPacketBytes).size;
    }
    auto receiver = wire::SrtpContext::create(suite, key);
    std::size_t at = 0;
    print(unprotect_name, nanoseconds(1, [&] {
              if (at == kRing) {
                  receiver = wire::SrtpContext::create(suite, key);
                  at = 0;
              }
              std::memcpy(packet.data(), ring[at++].data(), size);
              if (!receiver->unprotect(wire::MutableBytes(packet).first(size))) std::abort();
          }));
}

void bench_rtp() {
    std::array<std::uint8_t, kPacketBytes> packet{};
    wire::RtpHeader{true, 96, 1, 2, 3}.write(packet);
    volatile std::size_t seen = 0;
    print("rtp_parse_ns", nanoseconds(1, [&] { seen = wire::RtpView::parse(packet)->payload.size(); }));
}

void bench_rtcp() {
    std::array<std::uint8_t, 256> buffer{};
    wire::RtcpVisitor nobody;
    const wire::ReportBlock block{.ssrc = 2};
    volatile std::size_t seen = 0;
    print("rtcp_report_build_and_parse_ns", nanoseconds(1, [&] {
              wire::RtcpWriter writer(buffer);
              writer.sender_report(1, {}, {&block, 1});
              writer.sdes_cname(1, "someone@somewhere");
              seen = wire::parse_rtcp(writer.written(), nobody).packets;
          }));
}

}  // namespace

int main(int count, char** arguments) {
    if (count == 3 && std::strcmp(arguments[1], "--seconds") == 0) seconds_per_figure = std::atof(arguments[2]);
    bench_rtp();
    bench_rtcp();
    bench_h264("h264_packetize_ns", "h264_assemble_ns", 8300, false);
    bench_h264("h264_key_frame_packetize_ns", "h264_key_frame_assemble_ns", 40000, true);
    bench_vp8();
    bench_srtp(wire::SrtpSuite::AesCm128HmacSha1_80, "srtp_cm_128_sha1_80_protect_ns", "srtp_cm_128_sha1_80_unprotect_ns");
    bench_srtp(wire::SrtpSuite::AeadAes128Gcm, "srtp_gcm_128_protect_ns", "srtp_gcm_128_unprotect_ns");
    bench_srtp(wire::SrtpSuite::AeadAes256Gcm, "srtp_gcm_256_protect_ns", "srtp_gcm_256_unprotect_ns");
    std::printf("\n}\n");
    return 0;
}
