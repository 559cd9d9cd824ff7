// H.264 over RTP (RFC 6184): packetization modes 0 and 1, the receiving format, sequence parameter sets.
//
// Sending: single NAL units, FU-A, and STAP-A for parameter sets and SEI. Receiving: the same; STAP-B, MTAP and FU-B
// belong to mode 2, which is never negotiated, and count as malformed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "payload/codec.hpp"
#include "payload/frame_assembler.hpp"
#include "payload/piece.hpp"

namespace cms::payload {

enum class H264Mode : std::uint8_t { SingleNal = 0, NonInterleaved = 1 };

class H264Packetizer {
public:
    H264Packetizer(H264Mode mode, std::size_t max_payload_bytes);

    // Cuts an Annex B access unit into RTP payloads; `out` is cleared first and can be reused. The pieces point into
    // `annex_b` and into this object: use them before either changes.
    //
    // In mode 0 a NAL unit above the limit cannot be cut: it goes out whole, IP fragments it, and it is counted. Our
    // encoders make slices of at most 1200 bytes for mode 0, so this does not occur with them.
    void packetize(Bytes annex_b, std::vector<PayloadPiece>& out);

    std::uint64_t oversized() const { return oversized_; }

private:
    void collect(Bytes annex_b);
    void single(Bytes nal, std::vector<PayloadPiece>& out);
    void fragment(Bytes nal, std::vector<PayloadPiece>& out);
    std::size_t aggregable(std::size_t first) const;
    void aggregate(std::size_t first, std::size_t count, std::vector<PayloadPiece>& out);

    H264Mode mode_;
    std::size_t max_payload_bytes_;
    std::vector<Bytes> nals_;
    std::vector<std::uint8_t> aggregates_;  // bodies of the STAP-A packets of the present picture
    std::uint64_t oversized_ = 0;
};

// Remembers parameter sets and puts them in front of an IDR picture that comes without: peers send them once, in a
// picture of their own, or only in SDP.
class H264Format final : public PayloadFormat {
public:
    bool begins_picture(Bytes payload) const override;
    void begin() override;
    bool append(Bytes payload, bool after_loss, std::vector<std::uint8_t>& out) override;
    Verdict end(std::vector<std::uint8_t>& out) override;
    void reset() override;

    // One NAL unit (without start code), as from sprop-parameter-sets. False: neither SPS nor PPS.
    bool remember(Bytes nal);

private:
    struct ParameterSet {
        std::uint32_t id = 0;
        std::vector<std::uint8_t> nal;
    };

    bool aggregate(Bytes payload, std::vector<std::uint8_t>& out);
    bool fragment(Bytes payload, bool after_loss, std::vector<std::uint8_t>& out);
    void start_nal(std::uint8_t header, std::vector<std::uint8_t>& out);
    void finish_nal(const std::vector<std::uint8_t>& out);
    void add_nal(Bytes nal, std::vector<std::uint8_t>& out);
    void drop_fragment(std::vector<std::uint8_t>& out);
    void prepend_parameter_sets(std::vector<std::uint8_t>& out) const;
    static bool keep(std::vector<ParameterSet>& sets, std::uint32_t id, Bytes nal);

    std::vector<ParameterSet> sequence_sets_;
    std::vector<ParameterSet> picture_sets_;
    std::size_t nal_start_ = 0;  // of the NAL unit being written: where its start code is in the picture
    bool in_fragment_ = false;
    bool cut_ = false;  // a NAL unit of this picture lost its head or tail
    bool has_slice_ = false;
    bool has_idr_ = false;
    bool has_sequence_set_ = false;
    bool has_picture_set_ = false;
};

// Cropped picture size from a sequence parameter set (one NAL unit, ITU-T H.264 §7.3.2.1.1); nothing when malformed.
std::optional<PictureSize> h264_picture_size(Bytes sps_nal);

}  // namespace cms::payload
