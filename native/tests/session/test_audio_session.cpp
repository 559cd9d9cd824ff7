#include "session/audio_session.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "audio/level.hpp"
#include "session/world.hpp"

using namespace cms;
using namespace cms::session;
using namespace cms::test;

namespace {

constexpr double kTickS = audio::kTickMs / 1000.0;

AudioSettings settings_to(const Address& remote, audio::Codec codec = audio::Codec::pcmu) {
    AudioSettings settings;
    settings.link = link_to(remote);
    settings.sending = settings.receiving = true;
    settings.send_codec = codec;
    settings.receive = {{0, codec}};
    settings.dtmf_send_payload_type = 101;
    settings.dtmf_receive_payload_types = {101};
    settings.dtmf_clock_hz = audio::rtp_clock_hz(codec);
    settings.cname = "test";
    return settings;
}

void say(AudioSession& session, double now_s, const audio::Sound& sound) {
    if (session.begin_saying(now_s)) session.say(sound.view());
}

// A call between two sessions, tick by tick; the left one says a tone.
struct Call {
    explicit Call(Path path, audio::Codec codec = audio::Codec::pcmu)
        : left_session(left.world(), settings_to(kRight, codec), 0),
          right_session(right.world(2.0), settings_to(kLeft, codec), 0) {
        left.path = right.path = path;
    }

    void tick() {
        const double now_s = static_cast<double>(++ticks) * kTickS;
        left.now_s = right.now_s = now_s;
        deliver(left, kLeft, right_session, now_s);
        deliver(right, kRight, left_session, now_s);
        left_session.hear(now_s);
        say(left_session, now_s, tone(left_session));
        heard = right_session.hear(now_s);
        say(right_session, now_s, {right_session.say_rate(), {}});
        left_session.on_tick(now_s);
        right_session.on_tick(now_s);
    }

    void run(int count) {
        for (int i = 0; i < count; ++i) tick();
    }

    // At the rate that the session takes.
    audio::Sound tone(const AudioSession& session) const {
        audio::Sound sound{session.say_rate(), {}};
        const int count = audio::tick_samples(sound.rate);
        for (int i = 0; i < count; ++i) {
            const double t = static_cast<double>(ticks * count + i) / audio::rate_hz(sound.rate);
            const double sample = amplitude * std::sin(2 * std::numbers::pi * 500 * t);
            sound.samples[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(sample);
        }
        return sound;
    }

    Peer left{1};
    Peer right{2};
    AudioSession left_session;
    AudioSession right_session;
    audio::Heard heard;
    int ticks = 0;
    double amplitude = 8000;
};

}  // namespace

TEST_CASE("session: a tone goes through a clean path without a concealed tick") {
    for (const auto codec : {audio::Codec::pcmu, audio::Codec::g722, audio::Codec::opus}) {
        Call call({0.02, 0, 0}, codec);
        call.run(250);
        CHECK(call.heard.kind == audio::BlockKind::real);
        CHECK(audio::rms_dbov(call.heard.samples) == doctest::Approx(-15.3).epsilon(0.05));
        CHECK(call.right_session.stats().concealed_ticks == 0);
        CHECK(call.right_session.stats().packets_lost == 0);
        CHECK(call.left_session.stats().round_trip_ms == doctest::Approx(40).epsilon(0.6));
    }
}

TEST_CASE("session: what the peer calls quiet is not decoded, as soon as it speaks it is") {
    for (const bool told : {false, true}) {
        CAPTURE(told);
        Call call({0.02, 0, 0});
        AudioSettings settings = settings_to(kRight);
        if (told) settings.level_send_id = 3;
        call.left_session.apply(settings, 0);
        settings = settings_to(kLeft);
        settings.level_receive_id = 3;
        call.right_session.apply(settings, 0);
        call.amplitude = 8;  // -75 dBov
        call.run(40);
        CHECK(call.heard.kind == (told ? audio::BlockKind::silent : audio::BlockKind::real));
        call.amplitude = 8000;
        call.run(10);
        CHECK(call.heard.kind == audio::BlockKind::real);
        CHECK(audio::rms_dbov(call.heard.samples) == doctest::Approx(-15.3).epsilon(0.05));
        CHECK(call.right_session.stats().concealed_ticks == 0);
    }
}

TEST_CASE("session: five per cent of loss is concealed and reported to the sender") {
    Call call({0.03, 0.015, 0.05});
    call.run(1500);
    const StreamStats received = call.right_session.stats();
    CHECK(received.packets_lost > 40);
    CHECK(received.packets_lost < 120);
    CHECK(received.concealed_ticks > 30);
    CHECK(received.concealed_ticks < 200);
    CHECK(call.left_session.stats().remote_packets_lost > 40);
    CHECK(received.jitter_ms > 1);
}

TEST_CASE("session: keys are heard once each, however many packets are lost") {
    Call call({0.02, 0.01, 0.2});
    CHECK(call.left_session.press("147*", 100));
    call.run(150);
    CHECK(call.right.digits == "147*");
}

TEST_CASE("session: silence is told once, its end too") {
    Call call({0.02, 0, 0});
    call.run(50);
    call.left.path.loss = 1;
    call.run(300);
    CHECK(call.right.silences == std::vector<bool>{true});
    call.left.path.loss = 0;
    call.run(10);
    CHECK(call.right.silences == std::vector<bool>{true, false});
}

TEST_CASE("session: timestamps go on through hold, a codec change and missed ticks") {
    Call call({0.02, 0, 0});
    std::vector<std::uint32_t> timestamps;
    call.left.inspect = [&](Peer::Datagram& datagram) {
        const auto view = wire::RtpView::parse(datagram.bytes);
        if (view && view->payload_type == 0) timestamps.push_back(view->timestamp);
    };
    call.run(10);
    AudioSettings held = settings_to(kRight);
    held.sending = false;
    call.left_session.apply(held, call.ticks * kTickS);
    call.run(10);
    call.left_session.apply(settings_to(kRight, audio::Codec::g722), call.ticks * kTickS);
    call.run(10);
    REQUIRE(timestamps.size() == 20);
    CHECK(timestamps[10] - timestamps[9] == 11 * 160);
    CHECK(timestamps[19] - timestamps[0] == 29 * 160);
}

TEST_CASE("session: an endpoint that restarts under another SSRC goes on being heard") {
    Call call({0.02, 0, 0});
    call.run(50);
    AudioSession reborn(call.left.world(), settings_to(kRight), call.ticks * kTickS);
    for (int i = 0; i < 50; ++i) {
        const double now_s = static_cast<double>(++call.ticks) * kTickS;
        call.left.now_s = now_s;
        deliver(call.left, kLeft, call.right_session, now_s);
        say(reborn, now_s, call.tone(reborn));
        call.heard = call.right_session.hear(now_s);
    }
    CHECK(call.heard.kind == audio::BlockKind::real);
    CHECK(call.right_session.stats().source_changes == 1);
}

TEST_CASE("session: goodbye is the last thing sent") {
    Call call({0.02, 0, 0});
    call.run(5);
    bool bye = false;
    call.left.inspect = [&](Peer::Datagram& datagram) {
        struct Visitor : wire::RtcpVisitor {
            void on_bye(std::uint32_t) override { seen = true; }
            bool seen = false;
        } visitor;
        wire::parse_rtcp(datagram.bytes, visitor);
        bye = visitor.seen;
    };
    call.left_session.bye(0.1);
    CHECK(bye);
    const std::size_t sent = call.left.sent;
    call.left_session.bye(0.1);
    call.left_session.on_tick(9);
    say(call.left_session, 9, call.tone(call.left_session));
    CHECK(call.left.sent == sent);
}
