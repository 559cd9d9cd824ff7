#include "engine/audio_tick.hpp"

namespace cms::engine {

void AudioTick::set_streams(const std::vector<Stream*>& streams) {
    rooms_.clear();
    alone_.clear();
    for (Stream* stream : streams) {
        const AudioLeg* leg = stream->audio();
        if (leg == nullptr) continue;
        (leg->room == kAlone ? alone_ : rooms_[leg->room]).push_back(stream);
    }
}

void AudioTick::run(double tick_s, double now_s) {
    levels_.clear();
    for (const auto& [number, room] : rooms_) run_room(room, tick_s);
    for (Stream* const& stream : alone_) run_room({&stream, 1}, tick_s);
    const auto finish = [now_s](Stream* stream) {
        stream->audio()->session.on_tick(now_s);
        stream->publish_stats();
    };
    for (const auto& [number, room] : rooms_) {
        for (Stream* stream : room) finish(stream);
    }
    for (Stream* stream : alone_) finish(stream);
}

void AudioTick::run_room(std::span<Stream* const> room, double tick_s) {
    legs_.clear();
    for (Stream* stream : room) {
        hear(*stream, tick_s);
        AudioLeg& leg = *stream->audio();
        audio::MixLeg part;
        if (leg.heard_kind != audio::BlockKind::silent && !leg.muted) part.contribution = leg.heard.data();
        if (leg.has_prompt) part.player = leg.prompt.data();
        part.out = leg.said.data();
        part.limiter = &leg.limiter;
        legs_.push_back(part);
    }
    audio::mix_room(mixer_, legs_);
    // Here listeners without a contribution or prompt of their own, who all hear the same, may come to share one encode.
    for (Stream* stream : room) stream->audio()->session.say(tick_s, stream->audio()->said);
}

void AudioTick::hear(Stream& stream, double tick_s) {
    AudioLeg& leg = *stream.audio();
    leg.heard_kind = leg.session.hear(tick_s, leg.heard);
    if (leg.heard_kind == audio::BlockKind::silent) {
        leg.meter.update_silent();
    } else {
        leg.meter.update(leg.heard);
    }
    if (leg.tap) leg.tap->write(leg.heard);
    leg.has_prompt = leg.player.tick(leg.prompt);
    if (leg.player.finished()) leg.playing.reset();
    const float level_dbov = leg.meter.smoothed_dbov();
    if (!leg.muted && level_dbov > kQuietDbov) levels_.emplace_back(stream.id(), level_dbov);
}

void AudioTick::skip() {
    for (const auto& [number, room] : rooms_) {
        for (Stream* stream : room) stream->audio()->session.skip();
    }
    for (Stream* stream : alone_) stream->audio()->session.skip();
}

}  // namespace cms::engine
