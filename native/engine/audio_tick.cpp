#include "engine/audio_tick.hpp"

#include <algorithm>
#include <cmath>

#include "audio/effort.hpp"

namespace cms::engine {

namespace {

// Ticks fall on multiples of 20 ms of a clock that all processes share, so their numbers agree.
std::uint64_t tick_of(double tick_s) { return static_cast<std::uint64_t>(std::llround(tick_s * 1000 / audio::kTickMs)); }

const audio::Block kSilence{};

// What others hear of the leg in this tick, at the rate that it is spoken to at. Not together: nobody hears anybody.
const std::int16_t* contribute(AudioLeg& leg, audio::RoomMixer& mixer, bool together) {
    const audio::Rate rate = leg.session.say_rate();
    mixer.expect(rate);
    if (!together || leg.heard.kind == audio::BlockKind::silent || leg.muted || !leg.meter.audible()) return nullptr;
    const std::int16_t* const part = leg.contribution.convert(leg.heard.rate, rate, leg.heard.samples);
    mixer.add(rate, part);
    return part;
}

void write_tap(AudioLeg& leg) {
    const audio::Rate rate = leg.heard.rate;
    const auto silence = std::span(kSilence).first(static_cast<std::size_t>(audio::tick_samples(rate)));
    const auto heard = leg.heard.kind == audio::BlockKind::silent ? silence : leg.heard.samples;
    const std::int16_t* const wide = leg.tapped.convert(rate, audio::Rate::khz48, heard);
    leg.tap->write(std::span<const std::int16_t, audio::kTickSamples>(wide, audio::kTickSamples));
}

}  // namespace

void AudioTick::set_streams(const std::vector<Stream*>& streams) {
    for (auto& [number, room] : rooms_) room.streams.clear();
    alone_.streams.clear();
    for (Stream* stream : streams) {
        AudioLeg* leg = stream->audio_or_idle();
        if (leg == nullptr) continue;
        const bool moved = leg->mixed_in != leg->room;
        if (moved || stream->audio() == nullptr) audio::SharedVoices::leave(leg->ear, leg->session.encoder());
        leg->mixed_in = leg->room;
        if (stream->audio() != nullptr) (leg->room == kAlone ? alone_ : rooms_[leg->room]).streams.push_back(stream);
    }
    std::erase_if(rooms_, [](const auto& room) { return room.second.streams.empty(); });
    for (auto& [number, room] : rooms_) room.voices.tidy();
    alone_.voices.tidy();
}

void AudioTick::run(double tick_s, double now_s, const Intake& take_in) {
    const Moment moment{tick_s, now_s, tick_of(tick_s), take_in};
    levels_.clear();
    own_encoders_before_ = std::exchange(own_encoders_, 0);
    for (auto& [number, room] : rooms_) {
        const auto span = spans_.find(number);
        run_room(room, moment, true, span == spans_.end() ? nullptr : &span->second);
    }
    run_room(alone_, moment, false, nullptr);
}

void AudioTick::span(int room, RoomSpan span) {
    const auto found = spans_.find(room);
    if (found != spans_.end()) {
        ended_span_missed_ += found->second.missed();
        spans_.erase(found);
    }
    if (!span.empty()) spans_.emplace(room, std::move(span));
}

std::uint64_t AudioTick::span_missed() const {
    std::uint64_t missed = ended_span_missed_;
    for (const auto& [room, span] : spans_) missed += span.missed();
    return missed;
}

void AudioTick::run_room(Room& room, const Moment& moment, bool together, RoomSpan* span) {
    begin_sum(room, moment, span);
    for (Group rest = room.streams; !rest.empty();) {
        const Group group = rest.first(std::min(rest.size(), kGroup));
        hear_group(room, group, moment, together);
        rest = rest.subspan(group.size());
    }
    room.mixer.join();
    if (span != nullptr) span->write(moment.tick, room.mixer.wide_sum());
    room.voices.settle(room.mixer);
    say_shared(room);
    say_own(room);
}

void AudioTick::hear_group(Room& room, Group group, const Moment& moment, bool together) {
    moment.take_in(group);
    for (Stream* stream : group) {
        look_after(*stream, moment);
        Turn turn{stream->audio()};
        hear(*stream, turn, moment.tick_s);
        turn.part = contribute(*turn.leg, room.mixer, together);
        choose_voice(room, turn, moment.tick_s);
    }
}

// What others ask about a leg is as old as that; each has its turn in another tick.
void AudioTick::look_after(Stream& stream, const Moment& moment) {
    contain([&] {
        stream.audio()->session.on_tick(moment.now_s);
        if ((moment.tick + static_cast<std::uint64_t>(stream.id())) % kTicksPerStats == 0) stream.publish_stats();
    });
}

void AudioTick::begin_sum(Room& room, const Moment& moment, RoomSpan* span) {
    room.voices.begin();
    room.mixer.begin();
    room.turns.clear();
    if (span == nullptr) return;
    span->read(moment.tick);
    for (const std::int16_t* heard : span->heard()) room.mixer.add(audio::Rate::khz48, heard);
    room.mixer.expect(audio::Rate::khz48);
}

void AudioTick::hear(Stream& stream, Turn& turn, double tick_s) {
    AudioLeg& leg = *turn.leg;
    leg.heard = {};
    contain([&] {
        leg.heard = leg.session.hear(tick_s);
        if (leg.heard.kind == audio::BlockKind::silent)
            leg.meter.update_silent();
        else
            leg.meter.update(leg.heard.samples);
        if (leg.tap) write_tap(leg);
        if (leg.prompt) turn.played = leg.prompt->tick(leg.session.say_rate());
        const float level_dbov = leg.meter.smoothed_dbov();
        if (!leg.muted && level_dbov > kQuietDbov) levels_.emplace_back(stream.id(), level_dbov);
    });
}

void AudioTick::choose_voice(Room& room, const Turn& turn, double tick_s) {
    audio::Ear& ear = turn.leg->ear;
    audio::AudioSender& own = turn.leg->session.encoder();
    contain([&] {
        const bool says = turn.leg->session.begin_saying(tick_s);
        if (turn.part != nullptr || turn.played != nullptr)
            audio::SharedVoices::stay_away(ear, own);
        else if (says)
            room.voices.want(ear, own, turn.leg->session.voice_key());
        else
            audio::SharedVoices::leave(ear, own);
        if (says && !ear.voice) room.turns.push_back(turn);
    });
}

void AudioTick::say_shared(Room& room) {
    for (const auto& voice : room.voices.voices()) {
        if (voice->listeners == 0) continue;
        voice->sender.set_complexity(audio::kFullComplexity);
        voice->sender.push(voice->said.view(), voice->silent);
        audio::OutgoingPayload packet;
        while (voice->sender.next(packet)) {
            for (Stream* stream : room.streams) {
                AudioLeg& leg = *stream->audio();
                if (leg.ear.voice != voice) continue;
                contain([&] { leg.session.relay(packet, voice->sender.tick_offset()); });
            }
        }
    }
}

void AudioTick::say_own(Room& room) {
    const int complexity = audio::complexity_for(own_encoders_before_);
    for (const Turn& turn : room.turns) {
        AudioLeg& leg = *turn.leg;
        if (leg.ear.voice) continue;  // since
        contain([&] {
            const audio::Rate rate = leg.session.say_rate();
            if (leg.session.encoder().codec() == audio::Codec::opus) {
                ++own_encoders_;
                leg.session.encoder().set_complexity(complexity);
            }
            const bool sounds = room.mixer.listen(rate, turn.part, turn.played, leg.ear.limiter, said_.data());
            leg.session.say(std::span(said_).first(static_cast<std::size_t>(audio::tick_samples(rate))), !sounds);
        });
    }
}

void AudioTick::skip() {
    const auto skip_room = [](const Room& room) {
        for (Stream* stream : room.streams) stream->audio()->session.skip();
    };
    for (const auto& [number, room] : rooms_) skip_room(room);
    skip_room(alone_);
}

}  // namespace cms::engine
