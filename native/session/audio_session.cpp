#include "session/audio_session.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "audio/level.hpp"
#include "wire/audio_level.hpp"

namespace cms::session {

namespace {

// Below the minimum of RFC 3550 section 6.2 (5 s, or 360/kbit/s), which keeps big groups from flooding; RFC 4585 drops it
// between two. What it guards holds: some 110 bytes a second each way with IP and UDP are 1.8 kbit/s together, under 5 % of
// all we send from 36 kbit/s on, and Opus at 20 kbit/s takes that with its 16 of headers. Fresh loss and round trip pay.
constexpr double kReportIntervalS = 1.0;
// Protection against loss in two steps, so that most who need it have the same encoder; it is kept for ten reports.
constexpr int kSomeLossPercent = 5;
constexpr int kMuchLossPercent = 15;
constexpr int kCalmReports = 10;

// What its sender calls quieter than this is not decoded: 5 dB below what is mixed, as levels are measured in many ways.
constexpr int kQuietLevel = 65;
// RFC 6464 section 3: what is called voice.
constexpr int kVoiceLevel = 50;

int protection_for(int loss_percent) {
    if (loss_percent == 0) return 0;
    return loss_percent <= 2 * kSomeLossPercent ? kSomeLossPercent : kMuchLossPercent;
}

// One key event packet per tick, whatever the audio's packet time (RFC 4733 section 2.6.3 allows 10 to 50 ms).
constexpr std::uint32_t kKeyPacketMs = audio::kTickMs;

bool same_formats(const std::vector<audio::ReceiveFormat>& a, const std::vector<audio::ReceiveFormat>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.payload_type == y.payload_type && x.codec == y.codec;
    });
}

// What distinguishes one encoder from another.
audio::VoiceKey key_of(const AudioSettings& settings) {
    audio::VoiceKey key{settings.send_codec, {}};
    if (settings.send_codec == audio::Codec::opus) key.settings = settings.encoder;
    key.settings.packet_time_ms = audio::packet_time_ms(settings.send_codec, settings.encoder.packet_time_ms);
    return key;
}

}  // namespace

AudioSession::AudioSession(const SessionWorld& world, const AudioSettings& settings, double now_s)
    : RtpSession(world, audio::rtp_clock_hz(settings.send_codec), kReportIntervalS, now_s) {
    apply(settings, now_s);
}

void AudioSession::apply(const AudioSettings& settings, double now_s) {
    if (!audio_in_ || !same_formats(settings.receive, settings_.receive)) renew_decoder(settings);
    if (!audio_out_ || key_of(settings) != key_of(settings_)) renew_encoder(settings);
    if (!keys_out_ || settings.dtmf_clock_hz != settings_.dtmf_clock_hz) {
        keys_out_.emplace(static_cast<std::uint32_t>(settings.dtmf_clock_hz), kKeyPacketMs);
    }
    key_types_.reset();
    for (const std::uint8_t type : settings.dtmf_receive_payload_types) key_types_.set(type);
    apply_link(settings.link, accepted(settings), settings.cname, settings.receiving,
               audio::rtp_clock_hz(settings.send_codec), now_s);
    settings_ = settings;
}

void AudioSession::renew_decoder(const AudioSettings& settings) {
    if (audio_in_) {
        retired_concealed_ += audio_in_->stats().concealed_ticks;
        retired_late_ += audio_in_->jitter().late;
    }
    audio_in_.emplace(settings.receive);
}

void AudioSession::renew_encoder(const AudioSettings& settings) {
    audio_out_.emplace(settings.send_codec, settings.encoder);
    voice_key_ = key_of(settings);
    expect_loss(expected_loss_percent_);
    ticks_said_ = -1;
    begins_talkspurt_ = true;
}

PayloadTypes AudioSession::accepted(const AudioSettings& settings) const {
    PayloadTypes types;
    for (const audio::ReceiveFormat& format : settings.receive) types.set(format.payload_type);
    for (const std::uint8_t type : settings.dtmf_receive_payload_types) types.set(type);
    types.set(audio::AudioReceiver::kComfortNoisePayloadType);
    return types;
}

int AudioSession::clock_of(std::uint8_t payload_type) const {
    if (const auto codec = audio_in_->codec_of(payload_type)) return audio::rtp_clock_hz(*codec);
    return key_types_.test(payload_type) ? settings_.dtmf_clock_hz : 8000;
}

void AudioSession::on_media(const wire::RtpView& packet, std::optional<std::int64_t> extended, const Address& from,
                            double now_s) {
    if (key_types_.test(packet.payload_type)) {
        on_key(packet, from);
        return;
    }
    if (!extended || packet.payload.empty()) return;
    const audio::ReceivedPayload payload{*extended, packet.timestamp, packet.payload_type, now_s, packet.payload,
                                         is_quiet(packet)};
    switch (audio_in_->receive(payload)) {
        case audio::Received::malformed: faults_.note(Fault::MalformedPayload, from); break;
        case audio::Received::unknown_payload_type: faults_.note(Fault::UnknownPayloadType, from); break;
        default: break;  // counted by the jitter buffer
    }
}

bool AudioSession::is_quiet(const wire::RtpView& packet) const {
    if (!settings_.level_receive_id || packet.extensions.empty()) return false;
    const auto level = wire::audio_level(packet, *settings_.level_receive_id);
    return level && *level >= kQuietLevel;
}

void AudioSession::on_key(const wire::RtpView& packet, const Address& from) {
    const payload::DtmfReceived key = keys_in_.receive(packet.payload, packet.timestamp);
    if (key.outcome == payload::DtmfOutcome::Pressed) world_.events.on_digit(key.digit);
    if (key.outcome == payload::DtmfOutcome::Malformed) faults_.note(Fault::MalformedPayload, from);
}

void AudioSession::on_new_source() { audio_in_->restart(); }

void AudioSession::on_loss_report(int percent) {
    const int wanted = protection_for(percent);
    calmer_reports_ = wanted < expected_loss_percent_ ? calmer_reports_ + 1 : 0;
    if (wanted <= expected_loss_percent_ && calmer_reports_ < kCalmReports) return;
    calmer_reports_ = 0;
    expect_loss(wanted);
}

void AudioSession::expect_loss(int percent) {
    expected_loss_percent_ = percent;
    audio_out_->set_expected_loss(percent);
    if (voice_key_.codec == audio::Codec::opus) voice_key_.settings.expected_loss_percent = percent;
}

bool AudioSession::begin_saying(double tick_s) {
    if (ticks_said_ < 0) {
        first_timestamp_ = sender_.timestamp_at(tick_s);
        ticks_said_ = 0;
    }
    if (!settings_.sending || say_key()) {
        skip();
        return false;
    }
    ++ticks_said_;
    return true;
}

void AudioSession::say(std::span<const std::int16_t> sound, bool silent) {
    audio_out_->push(sound, silent);
    audio::OutgoingPayload out;
    while (audio_out_->next(out)) relay(out, audio_out_->tick_offset());
}

void AudioSession::relay(const audio::OutgoingPayload& packet, std::uint32_t tick_offset) {
    const std::uint32_t timestamp = timestamp_of(ticks_said_ - 1) + packet.timestamp_offset - tick_offset;
    const bool marker = packet.marker || begins_talkspurt_;
    send(packet.payload(), settings_.send_payload_type, timestamp, marker, packet.sound);
    begins_talkspurt_ = false;
}

std::uint32_t AudioSession::timestamp_of(std::int64_t tick) const {
    const std::int64_t per_tick = audio::rtp_clock_hz(settings_.send_codec) / (1000 / audio::kTickMs);
    return first_timestamp_ + static_cast<std::uint32_t>(tick * per_tick);
}

void AudioSession::skip() {
    begins_talkspurt_ = true;
    if (ticks_said_ < 0) return;
    ++ticks_said_;
    audio_out_->skip();
}

// True when this tick's packet is a key event, which takes the place of audio (RFC 4733 section 2.2).
bool AudioSession::say_key() {
    if (!settings_.dtmf_send_payload_type || !keys_out_->active()) return false;
    const auto packet = keys_out_->tick(timestamp_of(ticks_said_));
    if (!packet) return false;
    send(packet->payload, *settings_.dtmf_send_payload_type, packet->timestamp, packet->marker);
    return true;
}

std::size_t AudioSession::write_header(MutableBytes packet, const wire::RtpHeader& header,
                                       std::span<const std::int16_t> sound) const {
    const std::size_t bytes = header.write(packet);
    if (!settings_.level_send_id || sound.empty()) return bytes;
    const int level = static_cast<int>(std::lround(-audio::rms_dbov(sound)));
    return wire::write_audio_level(packet, *settings_.level_send_id, level, level < kVoiceLevel);
}

void AudioSession::send(Bytes payload, std::uint8_t payload_type, std::uint32_t timestamp, bool marker,
                        std::span<const std::int16_t> sound) {
    if (!connected_) return;
    constexpr std::size_t most = wire::kRtpHeaderBytes + wire::kAudioLevelBytes + audio::kMaxPayloadBytes;
    std::array<std::uint8_t, most + wire::kSrtpMaxGrowthBytes> buffer;
    const wire::RtpHeader header{marker, payload_type, sender_.next_sequence(), timestamp, sender_.ssrc()};
    const std::size_t header_bytes = write_header(buffer, header, sound);
    if (payload.size() > static_cast<std::size_t>(audio::kMaxPayloadBytes)) return;
    std::copy(payload.begin(), payload.end(), buffer.begin() + static_cast<std::ptrdiff_t>(header_bytes));
    const std::size_t size = link_.protect_rtp(buffer, header_bytes + payload.size());
    if (size == 0) return;
    link_.send_protected_rtp(Bytes(buffer).first(size));
    sender_.sent(payload.size());
}

void AudioSession::on_tick(double now_s) {
    silence_.check(now_s, world_.events);
    send_rtcp_if_due(now_s);
}

double AudioSession::next_deadline_s() const { return std::min(schedule_.deadline_s(), silence_.deadline_s()); }

bool AudioSession::press(std::string_view digits, std::uint32_t duration_ms) {
    if (!settings_.dtmf_send_payload_type) return false;
    return std::all_of(digits.begin(), digits.end(),
                       [&](char digit) { return keys_out_->press(digit, duration_ms); });
}

StreamStats AudioSession::stats() const {
    StreamStats stats;
    fill_common(stats);
    stats.concealed_ticks = retired_concealed_ + audio_in_->stats().concealed_ticks;
    stats.late_packets = retired_late_ + audio_in_->jitter().late;
    stats.jitter_buffer_ms = audio_in_->jitter().delay_ms;
    stats.codec_received = stats.packets_received > 0 ? audio::codec_name(audio_in_->codec()) : std::string_view();
    return stats;
}

}  // namespace cms::session
