#include "session/video_session.hpp"

#include <doctest/doctest.h>

#include "session/world.hpp"

using namespace cms;
using namespace cms::session;
using namespace cms::test;

namespace {

constexpr double kStepS = 0.001;
constexpr int kStepsPerPicture = 33;

VideoSettings settings_to(const Address& remote, bool nack = true) {
    VideoSettings settings;
    settings.link = link_to(remote);
    settings.sending = settings.receiving = true;
    settings.send = {96, payload::VideoCodec::H264};
    settings.receive = {{96, payload::VideoCodec::H264}, {97, payload::VideoCodec::Vp8}};
    settings.nack = nack;
    settings.pli = true;
    settings.cname = "test";
    return settings;
}

std::vector<std::uint8_t> picture(int number, bool key_frame, std::size_t bytes) {
    std::vector<std::uint8_t> out;
    const auto nal = [&out, number](std::uint8_t header, std::size_t size) {
        out.insert(out.end(), {0, 0, 0, 1, header});
        for (std::size_t i = 1; i < size; ++i) out.push_back(static_cast<std::uint8_t>(1 + (number * 7 + i) % 255));
    };
    if (key_frame) {
        nal(0x67, 12);
        nal(0x68, 5);
    }
    nal(key_frame ? 0x65 : 0x41, bytes);
    return out;
}

// A call between two sessions, millisecond by millisecond; the left one sends 30 pictures/s.
struct Call {
    explicit Call(Path path, bool nack = true, int pacing_bps = 0, bool tmmbr = false) : nack_(nack) {
        VideoSettings sending = settings_to(kRight, nack);
        sending.pacing_bps = pacing_bps;
        left_session.emplace(left.world(), sending, 0);
        VideoSettings receiving = settings_to(kLeft, nack);
        receiving.tmmbr = tmmbr;
        right_session.emplace(right.world(2.0), receiving, 0);
        left.path = right.path = path;
    }

    void step() {
        now_s += kStepS;
        left.now_s = right.now_s = now_s;
        deliver(left, kLeft, *right_session, now_s);
        deliver(right, kRight, *left_session, now_s);
        for (VideoSession* session : {&*left_session, &*right_session}) {
            if (session->next_deadline_s() <= now_s) {
                ++wakeups;
                session->on_timer(now_s);
            }
        }
    }

    void run(int pictures, std::size_t bytes = 5000) {
        for (int i = 0; i < pictures; ++i) {
            send(picture(sent, sent == 0, bytes), sent == 0);
            for (int k = 0; k < kStepsPerPicture; ++k) step();
        }
    }

    void rest(double seconds) {
        for (const double end_s = now_s + seconds; now_s < end_s;) step();
    }

    void send(const std::vector<std::uint8_t>& bytes, bool key_frame) {
        ++sent;
        packetizer.packetize(bytes, pieces);
        left_session->send_picture(pieces, key_frame, now_s, now_s);
    }

    int damaged() const {
        return static_cast<int>(std::count_if(right.units.begin(), right.units.end(),
                                              [](const HeardUnit& unit) { return unit.unit.damaged; }));
    }

    bool nack_;
    Peer left{3};
    Peer right{4};
    std::optional<VideoSession> left_session;
    std::optional<VideoSession> right_session;
    payload::H264Packetizer packetizer{payload::H264Mode::NonInterleaved, 1200};
    std::vector<payload::PayloadPiece> pieces;
    double now_s = 100;
    int sent = 0;
    int wakeups = 0;
};

}  // namespace

TEST_CASE("session: pictures arrive whole and in order, their timestamps on the 90 kHz clock") {
    Call call({0.03, 0, 0});
    call.run(60);
    call.rest(0.1);
    REQUIRE(call.right.units.size() == 60);
    CHECK(call.right.units[0].unit.key_frame);
    for (int i = 0; i < 60; ++i) {
        CHECK(call.right.units[static_cast<std::size_t>(i)].unit.data == picture(i, i == 0, 5000));
    }
    CHECK(call.right.units[59].unit.rtp_timestamp - call.right.units[0].unit.rtp_timestamp == 59 * 33 * 90);
    CHECK(call.damaged() == 0);
}

TEST_CASE("session: two per cent of loss is repaired by retransmission") {
    Call call({0.03, 0.005, 0.02});
    call.run(300);
    call.rest(0.5);
    const StreamStats sent = call.left_session->stats();
    const StreamStats received = call.right_session->stats();
    CHECK(received.packets_lost <= 2);
    CHECK(sent.retransmitted > 10);
    CHECK(received.nacks_sent >= sent.retransmitted);
    // Unlucky ones remain: a packet and its repairs all lost.
    CHECK(call.damaged() <= 2);
    CHECK(call.right.units.size() >= 298);
}

TEST_CASE("session: without NACK a loss damages a picture and nobody waits for long") {
    Call call({0.03, 0, 0}, false);
    call.run(10);
    call.left.path.loss = 1;
    call.run(1);
    call.left.path.loss = 0;
    call.run(10);
    CHECK(call.left_session->stats().retransmitted == 0);
    CHECK(call.damaged() == 1);
    CHECK(call.right.units.size() == 20);
}

TEST_CASE("session: a key frame is asked for at most twice a second, and not any more when it came") {
    Call call({0.03, 0, 0});
    call.run(5);
    for (int i = 0; i < 20; ++i) {
        call.right_session->request_key_frame(call.now_s);
        call.run(1);
    }
    REQUIRE(call.left.key_frame_requests_s.size() == 2);
    CHECK(call.left.key_frame_requests_s[1] - call.left.key_frame_requests_s[0] >= 0.5);
    call.right_session->request_key_frame(call.now_s);
    call.send(picture(99, true, 3000), true);
    call.rest(1.5);
    CHECK(call.left.key_frame_requests_s.size() == 2);
}

TEST_CASE("session: the first FIR of an endpoint that took over is heard, a repeated one is not") {
    Call call({0, 0, 0});
    const auto ask = [&call](std::uint32_t sender_ssrc) {
        std::array<std::uint8_t, 64> bytes{};
        wire::RtcpWriter writer(bytes);
        REQUIRE(writer.fir(sender_ssrc, call.left_session->ssrc(), 0));
        call.left_session->on_packet(Channel::Rtp, wire::MutableBytes(bytes).first(writer.size()), kRight, call.now_s);
    };
    for (const std::uint32_t endpoint : {7U, 7U, 8U}) {
        ask(endpoint);
        call.rest(1);
    }
    CHECK(call.left.key_frame_requests_s.size() == 2);
}

TEST_CASE("session: an endpoint that takes over the stream is told the bit rate too, once confirmed it is not repeated") {
    Call call({0.02, 0, 0}, true, 0, true);
    int asked = 0;
    call.right.inspect = [&asked](Peer::Datagram& datagram) {
        if (datagram.bytes[1] != 200 && datagram.bytes[1] != 201) return;
        for (std::size_t at = 0; at + 4 <= datagram.bytes.size(); at += 4 * (1U + datagram.bytes[at + 3])) {
            asked += datagram.bytes[at] == 0x83 && datagram.bytes[at + 1] == 205;  // TMMBR, RFC 5104 section 4.2.1
        }
    };
    call.run(10);
    call.right_session->request_bitrate(300'000, call.now_s);
    call.run(150);
    CHECK(call.left_session->stats().bitrate_limit_bps == doctest::Approx(300'000).epsilon(0.01));
    CHECK(asked == 1);
    call.left_session.emplace(call.left.world(), settings_to(kRight), call.now_s);
    call.run(150);
    CHECK(call.left_session->stats().bitrate_limit_bps == doctest::Approx(300'000).epsilon(0.01));
    CHECK(asked == 2);
}

TEST_CASE("session: a big picture is spread over its time, with few wake-ups") {
    Call call({0, 0, 0}, true, 20'000'000);
    call.run(3);
    call.wakeups = 0;
    const double begun_s = call.now_s;
    call.send(picture(3, false, 100'000), false);
    call.rest(0.1);
    REQUIRE(call.right.units.size() == 4);
    CHECK(call.right.units[3].unit.arrival_s - begun_s > 0.03);
    CHECK(call.right.units[3].unit.arrival_s - begun_s < 0.05);
    CHECK(call.wakeups < 30);
}

TEST_CASE("session: a session that waits never wants to be woken in the past for long") {
    Call call({0.03, 0.02, 0.1});
    for (int i = 0; i < 100; ++i) {
        call.run(1);
        CHECK(call.right_session->next_deadline_s() > call.now_s - 2 * kStepS);
        CHECK(call.left_session->next_deadline_s() > call.now_s - 2 * kStepS);
    }
}

TEST_CASE("session: SRTP with NACK resends the same bytes, which the receiver accepts once") {
    Call call({0.03, 0, 0.05});
    const SrtpKey key{wire::SrtpSuite::AeadAes128Gcm, std::vector<std::uint8_t>(28, 9)};
    VideoSettings left = settings_to(kRight);
    VideoSettings right = settings_to(kLeft);
    left.link.srtp_send = left.link.srtp_receive = right.link.srtp_send = right.link.srtp_receive = key;
    call.left_session->apply(left, 100);
    call.right_session->apply(right, 100);
    call.run(150);
    call.rest(0.5);
    CHECK(call.right_session->stats().srtp_failures == 0);
    CHECK(call.left_session->stats().retransmitted > 10);
    CHECK(call.damaged() <= 5);
}

TEST_CASE("session: STUN, DTLS and keep-alives are counted, and nobody's fault") {
    Call call({0, 0, 0});
    for (const std::uint8_t first : {0, 1, 22}) {
        std::vector<std::uint8_t> datagram(20, 0);
        datagram[0] = first;
        call.right_session->on_packet(Channel::Rtp, datagram, kLeft, call.now_s);
    }
    call.right_session->on_packet(Channel::Rtp, {}, kLeft, call.now_s);
    CHECK(call.right_session->stats().not_rtp == 4);
    CHECK(call.right.faults.empty());
}

TEST_CASE("session: an unknown payload type and noise are counted, told once, and hurt nobody") {
    Call call({0.03, 0, 0});
    call.run(5);
    Random random(5);
    for (int i = 0; i < 2000; ++i) {
        std::vector<std::uint8_t> noise(random() % 200);
        for (auto& byte : noise) byte = static_cast<std::uint8_t>(random());
        if (noise.size() > 1 && i % 2 == 0) noise[0] = 0x80;
        if (noise.size() > 1 && i % 4 == 0) noise[1] = static_cast<std::uint8_t>(200 + random() % 7);
        call.right_session->on_packet(Channel::Rtp, noise, kLeft, call.now_s);
    }
    call.run(60);
    CHECK(call.right.faults.size() <= kFaultKinds);
    CHECK(call.right_session->stats().malformed > 100);
    CHECK(call.right.units.size() > 55);
}
