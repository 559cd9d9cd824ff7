// One negotiated audio stream: what the peer says as 20 ms per tick, what it shall hear as packets.
//
//   packet -> RtpSession -> telephone-event? DtmfReceiver : AudioReceiver (jitter buffer, decoder) -> hear()
//   say() -> AudioSender (encoder), or DtmfSender while a key is down -> SRTP -> sink
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "audio/receiver.hpp"
#include "audio/sender.hpp"
#include "audio/shared_voices.hpp"
#include "payload/dtmf.hpp"
#include "session/rtp_session.hpp"

namespace cms::session {

struct AudioSettings {
    LinkSettings link;
    bool sending = false;
    bool receiving = false;
    audio::Codec send_codec = audio::Codec::pcmu;
    std::uint8_t send_payload_type = 0;
    std::vector<audio::ReceiveFormat> receive;
    audio::EncoderSettings encoder;
    std::optional<std::uint8_t> dtmf_send_payload_type;
    std::vector<std::uint8_t> dtmf_receive_payload_types;
    int dtmf_clock_hz = 8000;
    // Header extension in which the peer, or we, tell how loud a packet is (RFC 6464); sending: at most kMaxOneByteId.
    std::optional<std::uint8_t> level_receive_id;
    std::optional<std::uint8_t> level_send_id;
    std::string cname;
};

class AudioSession final : public RtpSession {
public:
    AudioSession(const SessionWorld& world, const AudioSettings& settings, double now_s);

    // A new negotiation: what did not change goes on without a seam.
    void apply(const AudioSettings& settings, double now_s);

    // Whether the next tick needs no packet more.
    bool covered() const { return audio_in_->covered(); }

    // The two halves of a tick, `tick_s` its nominal time: first what the peer says,
    audio::Heard hear(double tick_s) { return audio_in_->tick(tick_s); }
    // then what it shall hear, if there is room for it: false on hold, and while a key is down. Then either `say` encodes
    // 20 ms at say_rate() for this peer alone, or `relay` sends each packet of an encoder that several listen to.
    bool begin_saying(double tick_s);
    void say(std::span<const std::int16_t> sound, bool silent = false);
    void relay(const audio::OutgoingPayload& packet, std::uint32_t tick_offset);

    audio::Rate say_rate() const { return audio_out_->rate(); }
    audio::AudioSender& encoder() { return *audio_out_; }
    // Whoever has the same may be sent packets of one encoder.
    const audio::VoiceKey& voice_key() const { return voice_key_; }
    // A tick that was missed: timestamps go on.
    void skip();

    // Reports and time-outs; once per tick is enough.
    void on_tick(double now_s);
    double next_deadline_s() const;

    // Queues key presses. False: no telephone-event was negotiated, or a character is no key.
    bool press(std::string_view digits, std::uint32_t duration_ms);

    bool sending() const { return settings_.sending; }
    StreamStats stats() const;

private:
    void on_media(const wire::RtpView& packet, std::optional<std::int64_t> extended, const Address& from,
                  double now_s) override;
    int clock_of(std::uint8_t payload_type) const override;
    void on_new_source() override;
    void on_loss_report(int percent) override;

    void renew_decoder(const AudioSettings& settings);
    void renew_encoder(const AudioSettings& settings);
    void expect_loss(int percent);
    void on_key(const wire::RtpView& packet, const Address& from);
    bool say_key();
    std::uint32_t timestamp_of(std::int64_t tick) const;
    // `sound`: empty when it is no audio.
    void send(Bytes payload, std::uint8_t payload_type, std::uint32_t timestamp, bool marker,
              std::span<const std::int16_t> sound = {});
    std::size_t write_header(MutableBytes packet, const wire::RtpHeader& header,
                             std::span<const std::int16_t> sound) const;
    bool is_quiet(const wire::RtpView& packet) const;
    PayloadTypes accepted(const AudioSettings& settings) const;

    AudioSettings settings_;
    std::optional<audio::AudioReceiver> audio_in_;
    std::optional<audio::AudioSender> audio_out_;
    payload::DtmfReceiver keys_in_;
    std::optional<payload::DtmfSender> keys_out_;
    PayloadTypes key_types_;
    audio::VoiceKey voice_key_;
    int expected_loss_percent_ = 0;
    int calmer_reports_ = 0;             // in a row, each of less loss than we expect
    std::uint32_t first_timestamp_ = 0;  // of the present AudioSender
    std::int64_t ticks_said_ = -1;       // by it; -1: the first tick sets first_timestamp_
    bool begins_talkspurt_ = true;       // the next packet does
    std::uint64_t retired_concealed_ = 0;  // counters of receivers before the present one
    std::uint64_t retired_late_ = 0;
};

}  // namespace cms::session
