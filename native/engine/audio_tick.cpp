#include "engine/audio_tick.hpp"

#include <algorithm>
#include <cmath>

#include "audio/effort.hpp"

namespace cms::engine {

namespace {

// Ticks fall on multiples of 20 ms of a clock that all processes share, so their numbers agree.
std::uint64_t tick_of(double tick_s) { return static_cast<std::uint64_t>(std::llround(tick_s * 1000 / audio::kTickMs)); }

void convert(audio::Converter& converter, audio::Rate from, audio::Rate to, std::span<const std::int16_t> in,
             audio::Block& out) {
    if (converter.from() != from || converter.to() != to) converter = audio::Converter(from, to);
    converter.process(in, std::span(out).first(static_cast<std::size_t>(audio::tick_samples(to))));
}

// What others hear of the leg in this tick, at the rate that it is spoken to at. Not together: nobody hears anybody.
void contribute(AudioLeg& leg, audio::RoomMixer& mixer, bool together) {
    leg.part = nullptr;
    mixer.expect(leg.session.say_rate());
    if (!together || leg.heard_kind == audio::BlockKind::silent || leg.muted || !leg.meter.audible()) return;
    const audio::Rate rate = leg.session.say_rate();
    if (leg.heard.rate != rate)
        convert(leg.contribution_converter, leg.heard.rate, rate, leg.heard.view(), leg.contribution);
    leg.part = leg.heard.rate == rate ? leg.heard.samples.data() : leg.contribution.data();
    mixer.add(rate, leg.part);
}

void write_tap(AudioLeg& leg) {
    if (leg.heard.rate == audio::Rate::khz48) {
        leg.tap->write(leg.heard.samples);
        return;
    }
    audio::Block wide;
    convert(leg.tap_converter, leg.heard.rate, audio::Rate::khz48, leg.heard.view(), wide);
    leg.tap->write(wide);
}

void play(AudioLeg& leg) {
    if (!leg.player.plays() && !leg.prompt_rings) return;
    audio::Block wide{};
    const bool plays = leg.player.tick(wide);
    leg.has_prompt = plays || leg.prompt_rings;
    leg.prompt_rings = plays;
    if (leg.has_prompt) convert(leg.prompt_converter, audio::Rate::khz48, leg.session.say_rate(), wide, leg.prompt);
    if (leg.player.finished()) leg.playing.reset();
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
        hear(*stream, moment.tick_s);
        contribute(*stream->audio(), room.mixer, together);
        choose_voice(*stream, room.voices, moment.tick_s);
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
    if (span == nullptr) return;
    span->read(moment.tick);
    for (const std::int16_t* heard : span->heard()) room.mixer.add(audio::Rate::khz48, heard);
    room.mixer.expect(audio::Rate::khz48);
}

void AudioTick::hear(Stream& stream, double tick_s) {
    AudioLeg& leg = *stream.audio();
    leg.heard_kind = audio::BlockKind::silent;
    leg.has_prompt = false;
    contain([&] {
        leg.heard_kind = leg.session.hear(tick_s, leg.heard);
        if (leg.heard_kind == audio::BlockKind::silent) {
            leg.meter.update_silent();
            if (leg.tap) leg.heard.samples.fill(0);
        } else {
            leg.meter.update(leg.heard.view());
        }
        if (leg.tap) write_tap(leg);
        play(leg);
        const float level_dbov = leg.meter.smoothed_dbov();
        if (!leg.muted && level_dbov > kQuietDbov) levels_.emplace_back(stream.id(), level_dbov);
    });
}

void AudioTick::choose_voice(Stream& stream, audio::SharedVoices& voices, double tick_s) {
    AudioLeg& leg = *stream.audio();
    audio::AudioSender& own = leg.session.encoder();
    leg.says = false;
    contain([&] {
        leg.says = leg.session.begin_saying(tick_s);
        if (leg.part != nullptr || leg.has_prompt)
            audio::SharedVoices::stay_away(leg.ear, own);
        else if (leg.says)
            voices.want(leg.ear, own, leg.session.voice_key());
        else
            audio::SharedVoices::leave(leg.ear, own);
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
    for (Stream* stream : room.streams) {
        AudioLeg& leg = *stream->audio();
        if (!leg.says || leg.ear.voice) continue;
        contain([&] {
            const audio::Rate rate = leg.session.say_rate();
            if (leg.session.encoder().codec() == audio::Codec::opus) {
                ++own_encoders_;
                leg.session.encoder().set_complexity(complexity);
            }
            const std::int16_t* prompt = leg.has_prompt ? leg.prompt.data() : nullptr;
            const bool sounds = room.mixer.listen(rate, leg.part, prompt, leg.ear.limiter, said_.data());
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
