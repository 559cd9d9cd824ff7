#include "audio/sender.hpp"

#include <algorithm>

namespace cms::audio {
namespace {

EncoderSettings with_valid_time(Codec codec, EncoderSettings settings) {
    settings.packet_time_ms = packet_time_ms(codec, settings.packet_time_ms);
    return settings;
}

}  // namespace

AudioSender::AudioSender(Codec codec, EncoderSettings settings)
    : codec_(codec),
      encoder_(make_encoder(codec, with_valid_time(codec, settings))),
      packet_samples_(packet_time_ms(codec, settings.packet_time_ms) * rate_hz(codec_rate(codec)) / 1000),
      dtx_(codec == Codec::opus && settings.opus_dtx),
      complexity_(settings.opus_complexity) {}

void AudioSender::push(std::span<const std::int16_t> sound, bool silent) {
    std::copy(collected_.begin() + begin_, collected_.begin() + end_, collected_.begin());
    end_ -= begin_;
    begin_ = 0;
    // Only when the caller did not take what was due: the oldest goes.
    if (end_ + tick_samples(rate()) > kMaxTimeMs * rate_hz(rate()) / 1000) {
        sent_samples_ += end_;
        end_ = 0;
    }
    tick_start_ = sent_samples_ + end_;
    silent_ticks_ = silent ? silent_ticks_ + 1 : 0;
    std::ranges::copy(sound, collected_.begin() + end_);
    end_ += tick_samples(rate());
}

std::uint32_t AudioSender::clock_at(std::int64_t sample) const {
    return static_cast<std::uint32_t>(sample * rtp_clock_hz(codec_) / rate_hz(rate()));
}

// libopus would encode silence to know it, and in its audio mode does not even know it below complexity 7.
bool AudioSender::skips_silence(int samples) {
    if (!dtx_ || silent_ticks_ <= kDtxAfterTicks) {
        unsent_samples_ = 0;
        return false;
    }
    unsent_samples_ += samples;
    if (unsent_samples_ < kDtxIntervalMs * rate_hz(rate()) / 1000) return true;
    unsent_samples_ = 0;
    return false;
}

bool AudioSender::next(OutgoingPayload& packet) {
    while (end_ - begin_ >= packet_samples_) {
        const std::span samples(collected_.data() + begin_, static_cast<std::size_t>(packet_samples_));
        const std::int64_t start = sent_samples_;
        begin_ += packet_samples_;
        sent_samples_ += packet_samples_;
        const int bytes = skips_silence(packet_samples_) ? 0 : encoder_->encode(samples, payload_);
        if (bytes == 0) {
            marker_ = true;
            continue;
        }
        packet = {{payload_.data(), static_cast<std::size_t>(bytes)}, clock_at(start), marker_, samples};
        marker_ = false;
        return true;
    }
    return false;
}

void AudioSender::skip() {
    sent_samples_ += end_ - begin_ + tick_samples(rate());
    begin_ = end_ = 0;
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
