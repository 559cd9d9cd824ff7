// The whole engine over loopback from a second thread, mostly for the thread sanitizer: what arrives is judged in Python.
#include "engine/engine.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <functional>

#include "engine/clock.hpp"

using namespace cms;
using namespace cms::engine;

namespace {

constexpr double kDeadlineS = 20;
// Port ranges here are below those that the system hands out by itself.

session::LinkSettings link_to(const TransportInfo& remote) {
    session::LinkSettings link;
    link.remote_rtp = *session::Address::parse("127.0.0.1", static_cast<std::uint16_t>(remote.rtp_port));
    link.remote_rtcp = *session::Address::parse("127.0.0.1", static_cast<std::uint16_t>(remote.rtcp_port));
    return link;
}

session::AudioSettings audio_to(const TransportInfo& remote) {
    session::AudioSettings settings;
    settings.link = link_to(remote);
    settings.sending = settings.receiving = true;
    settings.receive = {{0, audio::Codec::pcmu}};
    settings.dtmf_send_payload_type = 101;
    settings.dtmf_receive_payload_types = {101};
    settings.cname = "test";
    return settings;
}

session::VideoSettings video_to(const TransportInfo& remote) {
    session::VideoSettings settings;
    settings.link = link_to(remote);
    settings.sending = settings.receiving = true;
    settings.send = {96, payload::VideoCodec::H264};
    settings.receive = {settings.send};
    settings.nack = settings.pli = true;
    settings.pacing_bps = 50'000'000;
    settings.cname = "test";
    return settings;
}

std::vector<std::uint8_t> key_picture(std::size_t bytes) {
    std::vector<std::uint8_t> picture{0, 0, 0, 1, 0x67, 1, 2, 3, 0, 0, 0, 1, 0x68, 1, 2, 0, 0, 0, 1, 0x65};
    picture.resize(picture.size() + bytes, 0x55);
    return picture;
}

// Takes events of one engine until there is nothing left to wait for; fails when it takes too long.
void until(Engine& engine, std::vector<Event>& events, const std::function<bool()>& condition) {
    const double give_up_s = monotonic_s() + kDeadlineS;
    while (!condition()) {
        REQUIRE(monotonic_s() < give_up_s);
        pollfd one{engine.fd(), POLLIN, 0};
        ::poll(&one, 1, 5);
        for (Event& event : engine.take_events()) events.push_back(std::move(event));
    }
}

template <typename Kind>
std::size_t count(const std::vector<Event>& events) {
    return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [](const Event& event) {
        return std::holds_alternative<Kind>(event);
    }));
}

struct Pair {
    Pair() {
        near.start();
        far.start();
    }
    ~Pair() {
        near.stop();
        far.stop();
    }

    Engine near{{24000, 24999, 30.0, -1}};
    Engine far{{25000, 25999, 30.0, -1}};
    std::vector<Event> events;  // of far
};

}  // namespace

TEST_SUITE_BEGIN("engine");

TEST_CASE("engine: sound, keys, taps, rooms and levels while another thread asks for everything") {
    Pair pair;
    const auto tone = std::make_shared<std::vector<std::int16_t>>(48000, std::int16_t{9000});
    for (std::size_t i = 0; i < tone->size(); ++i) (*tone)[i] = i % 48 < 24 ? 9000 : -9000;
    std::vector<std::pair<int, int>> legs;
    for (int i = 0; i < 4; ++i) {
        const TransportInfo left = pair.near.open_transport("127.0.0.1");
        const TransportInfo right = pair.far.open_transport("127.0.0.1");
        pair.near.set_audio(left.id, audio_to(right), kAlone);
        pair.far.set_audio(right.id, audio_to(left), i / 2);
        pair.near.play(left.id, tone, true, 0.5);
        pair.far.tap(right.id, 1.0);
        legs.emplace_back(left.id, right.id);
    }
    CHECK(pair.near.send_dtmf(legs[0].first, "42", 80));
    std::size_t tapped = 0;
    until(pair.far, pair.events, [&] {
        tapped += pair.far.read_tap(legs[1].second).size();
        return count<Digit>(pair.events) == 2 && tapped > 24000 && pair.far.levels().size() == 4 &&
               pair.far.loudest({}).size() == 2 && pair.far.loudest({legs[0].second}).size() == 3;
    });
    pair.far.set_muted(legs[0].second, true);
    pair.far.set_room(legs[1].second, 9);
    pair.near.play(legs[0].first, nullptr, false, 1.0);
    pair.near.idle(legs[2].first);
    until(pair.far, pair.events, [&] { return pair.far.levels().size() <= 3 && pair.far.snapshot().rooms == 3; });
    CHECK(pair.far.stats(legs[3].second).packets_received > 10);
    for (const auto& [near, far] : legs) {
        pair.near.close_transport(near);
        pair.far.close_transport(far);
    }
    until(pair.far, pair.events, [&] { return pair.far.snapshot().streams == 0; });
}

TEST_CASE("engine: packets of 10 ms, two a tick, do not pile up") {
    constexpr std::uint64_t kEnough = 300;
    constexpr std::uint64_t kUnderWay = 100;  // half a second, for a slow machine; statistics are up to 200 ms old
    Pair pair;
    const TransportInfo left = pair.near.open_transport("127.0.0.1");
    const TransportInfo right = pair.far.open_transport("127.0.0.1");
    session::AudioSettings short_packets = audio_to(right);
    short_packets.encoder.packet_time_ms = 10;
    pair.near.set_audio(left.id, short_packets, kAlone);
    pair.far.set_audio(right.id, audio_to(left), kAlone);
    until(pair.far, pair.events, [&] { return pair.near.stats(left.id).packets_sent > kEnough; });
    CHECK(pair.far.stats(right.id).packets_received + kUnderWay > kEnough);
}

TEST_CASE("engine: pictures and wishes for key frames") {
    Pair pair;
    const TransportInfo left = pair.near.open_transport("127.0.0.1");
    const TransportInfo right = pair.far.open_transport("127.0.0.1");
    pair.far.set_video(right.id, video_to(left));
    pair.near.set_video(left.id, video_to(right));
    const auto picture = key_picture(30'000);
    double next_s = 0;
    until(pair.far, pair.events, [&] {
        if (monotonic_s() >= next_s) {
            pair.near.send_video({left.id}, picture, monotonic_s(), true);
            next_s = monotonic_s() + 0.02;
        }
        return count<AccessUnit>(pair.events) >= 10;
    });
    bool begun = false;
    for (const Event& event : pair.events) {
        const auto* unit = std::get_if<AccessUnit>(&event);
        if (unit == nullptr) continue;
        // The far thread may hear of its stream after the first packets have come: then a unit without them is told.
        begun = begun || !unit->unit.damaged;
        if (begun) CHECK(unit->unit.data == picture);
    }
    CHECK(begun);
    CHECK(pair.far.request_key_frame(right.id));
    std::vector<Event> asked;
    until(pair.near, asked, [&] { return count<KeyFrameRequest>(asked) == 1; });
    CHECK_FALSE(pair.far.request_bitrate(right.id, 100'000));
}

TEST_CASE("engine: of pictures that nobody sees a sign of life is handed out, until somebody does") {
    Pair pair;
    const TransportInfo left = pair.near.open_transport("127.0.0.1");
    const TransportInfo right = pair.far.open_transport("127.0.0.1");
    pair.far.set_video(right.id, video_to(left));
    pair.far.set_seen(right.id, false);
    pair.near.set_video(left.id, video_to(right));
    double next_s = 0;
    const auto film_until = [&](const std::function<bool()>& done) {
        until(pair.far, pair.events, [&] {
            if (monotonic_s() >= next_s) {
                pair.near.send_video({left.id}, key_picture(1000), monotonic_s(), true);
                next_s = monotonic_s() + 0.01;
            }
            return done();
        });
    };
    film_until([&] { return pair.far.stats(right.id).access_units >= 60; });
    const auto handed_out = count<AccessUnit>(pair.events);
    CHECK(handed_out >= 1);
    CHECK(2 * handed_out < pair.far.stats(right.id).access_units);
    pair.far.set_seen(right.id, true);
    film_until([&] { return count<AccessUnit>(pair.events) >= handed_out + 30; });
}

TEST_CASE("engine: streams come and go while the thread runs, and their ports return") {
    // Room for four pairs: whoever else is on this machine may have some of them.
    Engine engine({26000, 26007, 30.0, -1});
    engine.start();
    for (int i = 0; i < 50; ++i) {
        const TransportInfo a = engine.open_transport("127.0.0.1");
        const TransportInfo b = engine.open_transport("127.0.0.1");
        engine.set_audio(a.id, audio_to(b), 1);
        engine.set_audio(b.id, audio_to(a), 1);
        engine.set_video(b.id, video_to(a));
        engine.close_transport(a.id);
        engine.close_transport(b.id);
        CHECK_THROWS_AS(engine.stats(a.id), std::invalid_argument);
    }
    engine.stop();
    engine.stop();
    CHECK_THROWS_AS(engine.open_transport("127.0.0.1"), std::invalid_argument);
}

TEST_CASE("engine: a stream that cannot be made costs no other stream its thread") {
    Pair pair;
    const TransportInfo broken = pair.far.open_transport("127.0.0.1");
    session::AudioSettings impossible = audio_to(broken);
    impossible.dtmf_receive_payload_types = {200};  // RTP has seven bits; the Python face refuses this
    pair.far.set_audio(broken.id, impossible, kAlone);
    until(pair.far, pair.events, [&] { return pair.far.snapshot().failures == 1; });
    pair.far.close_transport(broken.id);
    until(pair.far, pair.events, [&] { return pair.far.snapshot().streams == 0; });
}

TEST_CASE("engine: without streams the thread sleeps") {
    Engine engine({26000, 26999, 30.0, -1});
    engine.start();
    const TransportInfo only = engine.open_transport("127.0.0.1");
    engine.close_transport(only.id);
    std::vector<Event> events;
    until(engine, events, [&] { return engine.snapshot().wakeups > 0 && engine.snapshot().streams == 0; });
    const auto before = engine.snapshot().wakeups;
    pollfd nothing{engine.fd(), POLLIN, 0};
    ::poll(&nothing, 1, 200);
    CHECK(engine.snapshot().wakeups == before);
}

TEST_SUITE_END();
