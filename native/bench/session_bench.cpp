// The video hot paths: an encoded picture to packets for N legs, and packets to an access unit. One JSON object.
//
// CPU time of this thread; the network is memory.
#include <cstdio>
#include <functional>
#include <memory>
#include <vector>

#include "engine/clock.hpp"
#include "engine/video_fan_out.hpp"
#include "session/video_session.hpp"

using namespace cms;

namespace {

constexpr int kPictures = 2000;
constexpr double kPictureS = 1.0 / 30;
constexpr std::size_t kPictureBytes = 8000;  // 2 Mbit/s at 30 pictures/s

// Keeps the last picture's packets, or nothing.
class Wire final : public session::PacketSink, public session::SessionEvents {
public:
    void send(session::Channel channel, session::Bytes packet, const session::Address&) override {
        if (keep && channel == session::Channel::Rtp) packets.emplace_back(packet.begin(), packet.end());
    }
    void on_access_unit(payload::VideoCodec, payload::AccessUnit&) override { ++units; }
    void on_key_frame_request() override {}
    void on_digit(char) override {}
    void on_fault(session::Fault, const session::Address&) override {}
    void on_silence(bool) override {}

    bool keep = false;
    std::vector<std::vector<std::uint8_t>> packets;
    int units = 0;
};

session::VideoSettings settings(bool srtp) {
    session::VideoSettings out;
    out.link.remote_rtp = out.link.remote_rtcp = *session::Address::parse("192.0.2.1", 5000);
    out.link.rtcp_mux = true;
    if (srtp) {
        out.link.srtp_send = session::SrtpKey{wire::SrtpSuite::AesCm128HmacSha1_80, std::vector<std::uint8_t>(30, 7)};
        out.link.srtp_receive = out.link.srtp_send;
    }
    out.sending = out.receiving = true;
    out.receive = {out.send};
    out.send = out.receive[0] = {96, payload::VideoCodec::H264};
    out.nack = true;
    out.cname = "bench";
    return out;
}

std::vector<std::uint8_t> picture() {
    std::vector<std::uint8_t> bytes{0, 0, 0, 1, 0x41};
    while (bytes.size() < kPictureBytes) bytes.push_back(static_cast<std::uint8_t>(1 + bytes.size() * 31 % 255));
    return bytes;
}

double cpu_us(const std::function<void(int)>& step) {
    for (int i = 0; i < 100; ++i) step(i);
    const double begun_s = engine::seconds_of(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 100; i < 100 + kPictures; ++i) step(i);
    return (engine::seconds_of(CLOCK_THREAD_CPUTIME_ID) - begun_s) / kPictures * 1e6;
}

double send_us(int legs, bool srtp) {
    session::Random random(1);
    Wire wire;
    std::vector<std::unique_ptr<session::VideoSession>> sessions;
    for (int i = 0; i < legs; ++i) {
        const session::SessionWorld world{wire, wire, random, {}, 30};
        sessions.push_back(std::make_unique<session::VideoSession>(world, settings(srtp), 0));
    }
    engine::VideoFanOut fan_out;
    const auto bytes = picture();
    return cpu_us([&](int i) {
        const double now_s = i * kPictureS;
        fan_out.begin();
        for (auto& one : sessions) fan_out.send(*one, {bytes, now_s, false}, now_s);
    });
}

double receive_us(bool srtp) {
    session::Random random(1);
    Wire wire;
    const session::SessionWorld world{wire, wire, random, {}, 30};
    session::VideoSession sender(world, settings(srtp), 0);
    session::VideoSession receiver(world, settings(srtp), 0);
    engine::VideoFanOut fan_out;
    const auto bytes = picture();
    wire.keep = true;
    for (int i = 0; i < kPictures + 100; ++i) {
        fan_out.begin();
        fan_out.send(sender, {bytes, i * kPictureS, false}, i * kPictureS);
    }
    wire.keep = false;
    const std::size_t per_picture = wire.packets.size() / (kPictures + 100);
    const session::Address from = *session::Address::parse("192.0.2.1", 5000);
    return cpu_us([&](int i) {
        for (std::size_t k = 0; k < per_picture; ++k) {
            auto& packet = wire.packets[static_cast<std::size_t>(i) * per_picture + k];
            receiver.on_packet(session::Channel::Rtp, packet, from, i * kPictureS);
        }
    });
}

}  // namespace

int main() {
    std::printf("{\"scenario\": \"session\", \"picture_bytes\": %zu, \"send_us\": {", kPictureBytes);
    const char* comma = "";
    for (const int legs : {1, 10, 100}) {
        std::printf("%s\"%d legs\": %.1f, \"%d legs srtp\": %.1f", comma, legs, send_us(legs, false), legs,
                    send_us(legs, true));
        comma = ", ";
    }
    std::printf("}, \"receive_us\": {\"plain\": %.1f, \"srtp\": %.1f}}\n", receive_us(false), receive_us(true));
    return 0;
}
