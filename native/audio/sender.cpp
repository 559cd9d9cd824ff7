#include "audio/sender.hpp"

#include <algorithm>
#include <utility>

namespace cms::audio {
namespace {

EncoderSettings with_valid_time(Codec codec, EncoderSettings settings) {
    settings.packet_time_ms = packet_time_ms(codec, settings.packet_time_ms);
    return settings;
}

}  // namespace

AudioSender::AudioSender(Codec codec, EncoderSettings settings)
    : codec_(codec),
      rate_(codec_rate(codec)),
      dtx_(codec == Codec::opus && settings.opus_dtx),
      complexity_(settings.opus_complexity),
      encoder_(make_encoder(codec, with_valid_time(codec, settings))),
      packet_samples_(static_cast<std::size_t>(packet_time_ms(codec, settings.packet_time_ms) * rate_hz(rate_) / 1000)) {
    const auto tick = static_cast<std::size_t>(tick_samples(rate_));
    if (tick % packet_samples_ != 0) collected_.resize(packet_samples_ + tick);
}

void AudioSender::push(std::span<const std::int16_t> sound, bool silent) {
    tick_start_ = sent_samples_ + static_cast<std::int64_t>(waiting_.size());
    silent_ticks_ = silent ? silent_ticks_ + 1 : 0;
    // What waits still, the caller did not take: it goes, unless it is the beginning of a packet.
    if (waiting_.size() >= packet_samples_) {
        sent_samples_ = tick_start_;
        waiting_ = {};
    }
    if (collected_.empty())
        waiting_ = sound;
    else
        collect(sound);
}

void AudioSender::collect(std::span<const std::int16_t> sound) {
    const auto end = std::ranges::copy(waiting_, collected_.begin()).out;
    waiting_ = {collected_.begin(), std::ranges::copy(sound, end).out};
}

std::uint32_t AudioSender::clock_at(std::int64_t sample) const {
    return static_cast<std::uint32_t>(sample * (rtp_clock_hz(codec_) / 1000) / (rate_hz(rate_) / 1000));
}

// libopus would encode silence to know it, and in its audio mode does not even know it below complexity 7.
bool AudioSender::skips_silence(int samples) {
    if (!dtx_ || silent_ticks_ <= kDtxAfterTicks) {
        unsent_samples_ = 0;
        return false;
    }
    unsent_samples_ += samples;
    if (unsent_samples_ < kDtxIntervalMs * rate_hz(rate_) / 1000) return true;
    unsent_samples_ = 0;
    return false;
}

bool AudioSender::next(OutgoingPayload& packet) {
    while (waiting_.size() >= packet_samples_) {
        packet.sound = waiting_.first(packet_samples_);
        packet.timestamp_offset = clock_at(sent_samples_);
        waiting_ = waiting_.subspan(packet_samples_);
        sent_samples_ += static_cast<std::int64_t>(packet_samples_);
        const bool skipped = skips_silence(static_cast<int>(packet_samples_));
        packet.bytes = skipped ? 0 : static_cast<std::size_t>(encoder_->encode(packet.sound, packet.room));
        packet.marker = std::exchange(marker_, packet.bytes == 0);
        if (packet.bytes > 0) return true;
    }
    return false;
}

void AudioSender::skip() {
    sent_samples_ += static_cast<std::int64_t>(waiting_.size()) + tick_samples(rate_);
    waiting_ = {};
    marker_ = true;
}

void AudioSender::continue_from(const AudioSender& other) {
    encoder_->continue_from(*other.encoder_);
    marker_ = other.marker_;
    silent_ticks_ = other.silent_ticks_;
    unsent_samples_ = other.unsent_samples_;
}

void AudioSender::set_complexity(int complexity) {
    if (complexity == complexity_) return;
    complexity_ = complexity;
    encoder_->set_complexity(complexity);
}

}  // namespace cms::audio
