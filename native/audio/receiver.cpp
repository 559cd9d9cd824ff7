#include "audio/receiver.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "audio/concealer.hpp"
#include "audio/level.hpp"
#include "audio/resampler.hpp"

namespace cms::audio {
namespace {

// Corrections are a tenth of a second apart, so that speech keeps its pace; far behind, every tick.
constexpr int kStretchRestTicks = 5;
constexpr double kFarBehindMs = 60;

// A clear period is waited for; with every tick that has none, a less clear one will do.
constexpr float kGoodLikeness = 0.8F;
constexpr float kLikenessPerRefusal = 0.04F;

int round_to_step(int samples) {
    const int steps = (samples + kConcealStepSamples / 2) / kConcealStepSamples;
    return std::clamp(steps, 1, kMaxPacketSamples / kConcealStepSamples) * kConcealStepSamples;
}

Received to_received(Inserted inserted) {
    switch (inserted) {
        case Inserted::accepted: return Received::accepted;
        case Inserted::late: return Received::late;
        case Inserted::duplicate: return Received::duplicate;
        case Inserted::suspect: return Received::suspect;
        case Inserted::oversized: break;
    }
    return Received::malformed;
}

}  // namespace

AudioReceiver::AudioReceiver(std::span<const ReceiveFormat> formats, JitterSettings jitter)
    : buffer_(jitter), sound_(std::make_unique<std::int16_t[]>(kSoundCapacity)) {
    codec_of_.fill(kNoCodec);
    passed_over_.reserve(kMaxPayloadBytes);
    for (const ReceiveFormat& format : formats) {
        const auto index = static_cast<std::uint8_t>(format.codec);
        codec_of_[format.payload_type & 0x7f] = index;
        if (!decoders_[index]) decoders_[index] = make_decoder(format.codec);
    }
    if (!formats.empty()) rate_ = codec_rate(formats.front().codec);
}

Decoder* AudioReceiver::decoder_of(std::uint8_t payload_type) const {
    const std::uint8_t index = codec_of_[payload_type & 0x7f];
    return index == kNoCodec ? nullptr : decoders_[index].get();
}

Received AudioReceiver::receive(const ReceivedPayload& packet) {
    const Decoder* decoder = decoder_of(packet.payload_type);
    const bool comfort_noise = decoder == nullptr && packet.payload_type == kComfortNoisePayloadType;
    if (decoder == nullptr && !comfort_noise) {
        ++stats_.unknown_payload_type;
        return Received::unknown_payload_type;
    }
    const int samples = comfort_noise ? 0 : decoder->duration(packet.payload);
    if (samples == 0 && !comfort_noise) {
        ++stats_.malformed;
        return Received::malformed;
    }
    if (!comfort_noise) codec_ = static_cast<Codec>(codec_of_[packet.payload_type & 0x7f]);
    const int clock_hz = comfort_noise ? 8000 : rtp_clock_hz(codec_);
    const Inserted inserted = buffer_.insert({packet.sequence, packet.rtp_timestamp, clock_hz, packet.arrival_s,
                                              packet.payload_type, comfort_noise, packet.quiet, samples, packet.payload});
    if (inserted == Inserted::oversized) ++stats_.malformed;
    return to_received(inserted);
}

void AudioReceiver::restart() {
    buffer_.restart();
    for (const auto& decoder : decoders_)
        if (decoder) decoder->reset();
    passed_over_.clear();
    in_pause_ = true;
}

Heard AudioReceiver::tick(double now_s) {
    drop_heard();
    const Stretch wish = buffer_.advice(now_s, sound_end_ * ratio());
    fill(now_s);
    stretch(wish);
    fill(now_s);
    return hand_over();
}

void AudioReceiver::fill(double now_s) {
    while (sound_end_ < tick_samples(rate_))
        take(buffer_.pull(now_s, sound_end_ * ratio(), kTickSamples - sound_end_ * ratio()));
}

void AudioReceiver::take(const Pull& pull) {
    if (pull.kind == PullKind::packet && pull.packet->comfort_noise)
        in_pause_ = true;
    else if (pull.kind == PullKind::packet)
        decode(*pull.packet);
    else if (in_pause_ || last_decoder_ == nullptr || concealed_run_ >= kConcealLimitSamples)
        silence(append(pull.samples));
    else
        make_up(round_to_step(pull.samples), pull.packet);
}

// A hold may end between two of our samples; rounding up moves what follows by less than one.
std::span<std::int16_t> AudioReceiver::append(int samples_48k) {
    const int samples = (samples_48k + ratio() - 1) / ratio();
    const int fitting = std::min(samples, kSoundCapacity / ratio() - sound_end_);
    const std::span sound(sound_.get() + sound_end_, static_cast<std::size_t>(fitting));
    sound_end_ += fitting;
    return sound;
}

// A long silence is written only once.
void AudioReceiver::silence(std::span<std::int16_t> appended) {
    if (sound_end_ <= zeros_end_) return;
    std::ranges::fill(appended, std::int16_t{0});
    zeros_end_ = audible_until_ > 0 ? 0 : sound_end_;
}

void AudioReceiver::audible() {
    audible_until_ = sound_end_;
    zeros_end_ = 0;
}

// What waits is less than a tick, so the filter's beginning at such a change is not kept apart.
void AudioReceiver::change_rate(Rate rate) {
    Block before{};
    std::copy_n(sound_.get(), sound_end_, before.begin());
    Converter converter(rate_, rate);
    converter.process({before.data(), static_cast<std::size_t>(tick_samples(rate_))},
                      {sound_.get(), static_cast<std::size_t>(tick_samples(rate))});
    for (int* mark : {&sound_end_, &audible_until_, &made_up_until_}) *mark = *mark * ratio() / rate_ratio(rate);
    rate_ = rate;
    zeros_end_ = 0;
}

void AudioReceiver::decode(const StoredPacket& packet) {
    Decoder* decoder = decoder_of(packet.payload_type);
    if (decoder != last_decoder_) {
        decoder->reset();
        passed_over_.clear();
    }
    last_decoder_ = decoder;
    const Rate rate = codec_rate(static_cast<Codec>(codec_of_[packet.payload_type & 0x7f]));
    if (rate != rate_) change_rate(rate);
    const auto sound = append(packet.samples);
    concealed_run_ = 0;
    in_pause_ = decoder->is_silence(packet.bytes());
    const Worth worth = gate_.judge(in_pause_, packet.quiet);
    if (worth == Worth::skip) {
        pass_over(packet, sound);
        return;
    }
    catch_up(*decoder);
    if (decoder->decode(packet.bytes(), sound) != static_cast<int>(sound.size())) {
        ++stats_.malformed;
        decoder->conceal(sound);
        made_up_until_ = sound_end_;
    }
    if (worth == Worth::verify) gate_.heard(rms_dbov(sound));
    audible();
}

void AudioReceiver::pass_over(const StoredPacket& packet, std::span<std::int16_t> sound) {
    silence(sound);
    ++stats_.passed_over;
    passed_over_.assign(packet.bytes().begin(), packet.bytes().end());
}

// A decoder that missed packets takes the last of them first, so that it is where the encoder was when the sound began.
void AudioReceiver::catch_up(Decoder& decoder) {
    if (passed_over_.empty()) return;
    Block unheard;
    const auto samples = static_cast<std::size_t>(decoder.duration(passed_over_) / ratio());
    if (samples <= unheard.size()) decoder.decode(passed_over_, std::span(unheard).first(samples));
    passed_over_.clear();
}

bool AudioReceiver::recover(const StoredPacket* next, std::span<std::int16_t> sound) {
    if (next == nullptr || decoder_of(next->payload_type) != last_decoder_) return false;
    return last_decoder_->recover(next->bytes(), sound);
}

void AudioReceiver::make_up(int samples, const StoredPacket* next) {
    const auto sound = append(samples);
    audible();
    if (recover(next, sound)) {
        ++stats_.recovered_packets;
        return;
    }
    last_decoder_->conceal(sound);
    concealed_run_ += samples;
    made_up_until_ = sound_end_;
}

void AudioReceiver::stretch(Stretch wish) {
    if (stretch_rest_ticks_ > 0) --stretch_rest_ticks_;
    const bool far_behind = jitter().delay_ms - jitter().target_ms > kFarBehindMs;
    if (wish == Stretch::none || (stretch_rest_ticks_ > 0 && !far_behind)) return;
    const std::span sound(sound_.get(), static_cast<std::size_t>(sound_end_));
    const Period period = find_period(sound, rate_);
    const float wanted = kGoodLikeness - kLikenessPerRefusal * static_cast<float>(stretch_refusals_);
    if (period.likeness < wanted && !far_behind) {
        ++stretch_refusals_;
        return;
    }
    stretch_refusals_ = 0;
    stretch_rest_ticks_ = kStretchRestTicks;
    wish == Stretch::shorten ? make_shorter(period.samples) : make_longer(period.samples);
}

void AudioReceiver::make_shorter(int period) {
    const std::span sound(sound_.get(), static_cast<std::size_t>(sound_end_));
    shorten(sound, period);
    std::copy(sound.begin() + period, sound.end(), sound.begin());
    sound_end_ -= period;
    // What was heard in the first period is now faded into the second.
    for (int* mark : {&audible_until_, &made_up_until_})
        if (*mark > period) *mark = std::max(period, *mark - period);
    ++stats_.shortened;
}

void AudioReceiver::make_longer(int period) {
    const std::span sound(sound_.get(), static_cast<std::size_t>(sound_end_));
    const auto count = static_cast<std::size_t>(period);
    std::array<std::int16_t, 3 * kMaxPeriodSamples> longer;
    lengthen(sound, period, longer);
    std::memmove(sound.data() + 3 * count, sound.data() + 2 * count, (sound.size() - 2 * count) * sizeof(std::int16_t));
    std::copy_n(longer.begin(), 3 * count, sound.begin());
    move_marks(period);
    ++stats_.lengthened;
}

void AudioReceiver::move_marks(int samples) {
    sound_end_ += samples;
    for (int* mark : {&audible_until_, &made_up_until_})
        if (*mark > 0) *mark = std::max(0, *mark + samples);
}

Heard AudioReceiver::hand_over() {
    heard_ = tick_samples(rate_);
    const bool audible = audible_until_ > 0;
    const bool made_up = made_up_until_ > 0;
    ++(made_up ? stats_.concealed_ticks : audible ? stats_.real_ticks : stats_.silent_ticks);
    if (!audible && !made_up) return {BlockKind::silent, rate_, {}};
    return {made_up ? BlockKind::concealed : BlockKind::real, rate_, {sound_.get(), static_cast<std::size_t>(heard_)}};
}

void AudioReceiver::drop_heard() {
    if (sound_end_ > zeros_end_) std::copy(sound_.get() + heard_, sound_.get() + sound_end_, sound_.get());
    move_marks(-std::exchange(heard_, 0));
}

}  // namespace cms::audio
