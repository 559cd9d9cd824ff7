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
      packet_samples_(packet_time_ms(codec, settings.packet_time_ms) * rate_hz(codec_rate(codec)) / 1000) {}

void AudioSender::push(std::span<const std::int16_t> sound) {
    std::copy(collected_.begin() + begin_, collected_.begin() + end_, collected_.begin());
    end_ -= begin_;
    begin_ = 0;
    // Only when the caller did not take what was due: the oldest goes.
    if (end_ + tick_samples(rate()) > kMaxTimeMs * rate_hz(rate()) / 1000) {
        sent_samples_ += end_;
        end_ = 0;
    }
    std::ranges::copy(sound, collected_.begin() + end_);
    end_ += tick_samples(rate());
}

bool AudioSender::next(OutgoingPayload& packet) {
    while (end_ - begin_ >= packet_samples_) {
        const std::span samples(collected_.data() + begin_, static_cast<std::size_t>(packet_samples_));
        const int bytes = encoder_->encode(samples, payload_);
        const std::int64_t start = sent_samples_;
        begin_ += packet_samples_;
        sent_samples_ += packet_samples_;
        if (bytes == 0) {
            marker_ = true;
            continue;
        }
        const std::int64_t clock = start * rtp_clock_hz(codec_) / rate_hz(rate());
        packet = {{payload_.data(), static_cast<std::size_t>(bytes)}, static_cast<std::uint32_t>(clock), marker_};
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

}  // namespace cms::audio
