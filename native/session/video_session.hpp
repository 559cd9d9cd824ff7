// One negotiated video stream: packets to whole pictures, encoded pictures to packets, and the feedback both ways.
//
//   packet -> RtpSession -> FrameAssembler of its payload type -> access unit; gaps -> NackGenerator -> NACK
//   pieces -> header, SRTP -> RetransmissionHistory -> Pacer -> sink; NACK -> the same bytes again
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "payload/frame_assembler.hpp"
#include "payload/h264.hpp"
#include "payload/piece.hpp"
#include "payload/vp8.hpp"
#include "session/key_frame_limiter.hpp"
#include "session/nack_generator.hpp"
#include "session/pacer.hpp"
#include "session/retransmission_history.hpp"
#include "session/rtp_session.hpp"

namespace cms::session {

struct VideoFormat {
    std::uint8_t payload_type = 0;
    payload::VideoCodec codec = payload::VideoCodec::H264;

    bool operator==(const VideoFormat&) const = default;
};

struct VideoSettings {
    LinkSettings link;
    bool sending = false;
    bool receiving = false;
    VideoFormat send;
    payload::H264Mode mode = payload::H264Mode::NonInterleaved;
    std::vector<VideoFormat> receive;
    bool nack = false;  // feedback that the peer understands from us
    bool pli = false;
    bool fir = false;
    bool tmmbr = false;
    bool remb = false;
    std::size_t max_payload_bytes = 1200;
    int pacing_bps = 0;  // 0: none
    std::string cname;
};

class VideoSession final : public RtpSession {
public:
    VideoSession(const SessionWorld& world, const VideoSettings& settings, double now_s);

    // A new negotiation: what did not change goes on without a seam.
    void apply(const VideoSettings& settings, double now_s);

    // Everything whose time has come; after packets too.
    void on_timer(double now_s);
    double next_deadline_s() const;

    // One encoded picture, cut into payloads by whoever shares the cutting between sessions.
    void send_picture(std::span<const payload::PayloadPiece> pieces, bool key_frame, double capture_s, double now_s);
    // VP8 numbers its pictures per stream, so the cutting is not shared (it copies nothing).
    void send_vp8(Bytes frame, bool key_frame, double capture_s, double now_s);

    // Asks the source for a key frame, limited to one per 500 ms.
    void request_key_frame(double now_s);
    // Asks the source for no more than this.
    void request_bitrate(std::uint64_t bitrate_bps, double now_s);

    const VideoSettings& settings() const { return settings_; }
    StreamStats stats() const;

private:
    static constexpr int kCodecs = 2;

    void on_media(const wire::RtpView& packet, std::optional<std::int64_t> extended, const Address& from,
                  double now_s) override;
    int clock_of(std::uint8_t payload_type) const override;
    void on_new_source() override;
    void on_renumbered() override;
    void write_feedback(wire::RtcpWriter& writer, double now_s) override;
    void on_nack(std::uint32_t media_ssrc, std::uint16_t sequence) override;
    void on_pli(std::uint32_t media_ssrc) override;
    void on_fir(std::uint32_t sender_ssrc, std::uint32_t media_ssrc, std::uint8_t command) override;
    void on_remb(std::uint64_t bitrate_bps) override;
    void on_tmmbr(std::uint32_t sender_ssrc, const wire::BitrateLimit& limit) override;
    void on_tmmbn(std::uint32_t sender_ssrc, const wire::BitrateLimit& limit) override;

    std::optional<payload::VideoCodec> codec_of(std::uint8_t payload_type) const;
    void take_pictures(double now_s);
    void note_malformed();
    void pass_wishes(double now_s);
    void enqueue(const payload::PayloadPiece& piece, std::uint32_t timestamp);
    void send_paced(double now_s);
    void take_waiting();
    void send_row();
    double hold_s() const;
    payload::FrameAssembler& assembler(payload::VideoCodec codec);

    VideoSettings settings_;

    // Receiving.
    std::array<std::unique_ptr<payload::FrameAssembler>, kCodecs> assemblers_;
    std::optional<payload::VideoCodec> codec_in_;
    payload::AccessUnit unit_;
    NackGenerator missing_;
    std::vector<std::uint16_t> asked_;  // scratch
    Address last_from_;
    std::uint64_t malformed_seen_ = 0;
    KeyFrameLimiter our_wish_;
    std::uint8_t fir_command_ = 0;
    bool key_frame_due_ = false;  // goes into the next RTCP
    std::uint64_t wanted_bps_ = 0;
    bool bitrate_confirmed_ = false;

    // Sending.
    std::unique_ptr<payload::Vp8Packetizer> vp8_;
    std::vector<payload::PayloadPiece> pieces_;  // scratch
    RetransmissionHistory history_;
    Pacer pacer_;
    std::uint16_t first_waiting_ = 0;  // of `waiting_` packets in the history that have not left yet
    std::size_t waiting_ = 0;
    double pace_s_ = 0;
    std::vector<Bytes> row_;  // scratch: in the history, about to leave together
    KeyFrameLimiter peer_wish_;
    // Commands are numbered per pair of sender and receiver (RFC 5104 section 4.3.1.1).
    struct FirCommand {
        std::uint32_t sender_ssrc;
        std::uint8_t number;

        bool operator==(const FirCommand&) const = default;
    };
    std::optional<FirCommand> last_fir_;
    std::optional<wire::BitrateLimit> bitrate_limit_;  // TMMBR of the peer, to be confirmed

    std::uint64_t nacks_sent_ = 0;
    std::uint64_t nacks_received_ = 0;
    std::uint64_t retransmitted_ = 0;
    std::uint64_t key_frames_requested_ = 0;
    std::uint64_t key_frame_requests_ = 0;
    std::uint64_t access_units_ = 0;
    std::uint64_t damaged_ = 0;
    std::uint64_t limit_bps_ = 0;
};

}  // namespace cms::session
