#include "engine/audio_tick.hpp"

#include <algorithm>

namespace cms::engine {

namespace {

void convert(audio::Converter& converter, audio::Rate from, audio::Rate to, std::span<const std::int16_t> in,
             audio::Block& out) {
    if (converter.from() != from || converter.to() != to) converter = audio::Converter(from, to);
    converter.process(in, std::span(out).first(static_cast<std::size_t>(audio::tick_samples(to))));
}

// What others hear of the leg in this tick, at the rate that it is spoken to at; nullptr: nothing.
const std::int16_t* contribution_of(AudioLeg& leg) {
    if (leg.heard_kind == audio::BlockKind::silent || leg.muted) return nullptr;
    const audio::Rate rate = leg.session.say_rate();
    if (leg.heard.rate == rate) return leg.heard.samples.data();
    convert(leg.contribution_converter, leg.heard.rate, rate, leg.heard.view(), leg.contribution);
    return leg.contribution.data();
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
        const AudioLeg* leg = stream->audio();
        if (leg == nullptr) continue;
        (leg->room == kAlone ? alone_ : rooms_[leg->room]).streams.push_back(stream);
    }
    std::erase_if(rooms_, [](const auto& room) { return room.second.streams.empty(); });
}

void AudioTick::run(double tick_s, double now_s) {
    levels_.clear();
    for (auto& [number, room] : rooms_) run_room(room, tick_s);
    for (Stream* stream : alone_.streams) hear(*stream, tick_s);
    mix(alone_, false);
    speak(alone_, tick_s);
    const auto finish = [now_s](Stream* stream) {
        stream->audio()->session.on_tick(now_s);
        stream->publish_stats();
    };
    for (const auto& [number, room] : rooms_) std::ranges::for_each(room.streams, finish);
    std::ranges::for_each(alone_.streams, finish);
}

void AudioTick::run_room(Room& room, double tick_s) {
    for (Stream* stream : room.streams) hear(*stream, tick_s);
    mix(room, true);
    speak(room, tick_s);
}

void AudioTick::mix(Room& room, bool together) {
    legs_.clear();
    for (Stream* stream : room.streams) {
        AudioLeg& leg = *stream->audio();
        audio::MixLeg part;
        if (together) part.contribution = contribution_of(leg);
        if (leg.has_prompt) part.player = leg.prompt.data();
        part.out = leg.said.data();
        part.limiter = &leg.limiter;
        part.rate = leg.session.say_rate();
        legs_.push_back(part);
    }
    audio::mix_room(room.mixer, legs_);
}

void AudioTick::speak(Room& room, double tick_s) {
    for (Stream* stream : room.streams) {
        AudioLeg& leg = *stream->audio();
        const auto count = static_cast<std::size_t>(audio::tick_samples(leg.session.say_rate()));
        leg.session.say(tick_s, std::span(leg.said).first(count));
    }
}

void AudioTick::hear(Stream& stream, double tick_s) {
    AudioLeg& leg = *stream.audio();
    leg.heard_kind = leg.session.hear(tick_s, leg.heard);
    if (leg.heard_kind == audio::BlockKind::silent) {
        leg.meter.update_silent();
    } else {
        leg.meter.update(leg.heard.view());
    }
    if (leg.tap) write_tap(leg);
    play(leg);
    const float level_dbov = leg.meter.smoothed_dbov();
    if (!leg.muted && level_dbov > kQuietDbov) levels_.emplace_back(stream.id(), level_dbov);
}

void AudioTick::skip() {
    const auto skip_room = [](const Room& room) {
        for (Stream* stream : room.streams) stream->audio()->session.skip();
    };
    for (const auto& [number, room] : rooms_) skip_room(room);
    skip_room(alone_);
}

}  // namespace cms::engine
