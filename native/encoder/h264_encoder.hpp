// H.264 through libx264.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "encoder/picture_encoder.hpp"

struct x264_t;

namespace cms::encoder {

struct H264Settings {
    PictureSettings picture;
    std::string profile = "baseline";  // or main, high
    bool short_slices = false;
    bool quick = false;
};

// Annex B, with parameter sets at key frames; one reference picture.
class H264Encoder final : public PictureEncoder {
public:
    // Short slices end here, so that each fits a packet: RFC 6184 packetization mode 0. They cost 7 to 12 % of the time.
    static constexpr int kMaxSliceBytes = 1200;

    // Throws std::invalid_argument naming what is wrong, std::runtime_error when x264 does not open.
    explicit H264Encoder(const H264Settings& settings);
    ~H264Encoder() override;

    // Quick from the next picture on; thorough from the next key frame on: quick, x264 keeps no half samples to go back to.
    // Throws std::runtime_error when x264 refuses.
    void set_quick(bool quick) override;

private:
    struct Close {
        void operator()(x264_t* encoder) const;
    };
    AccessUnit pass(const video::Source& picture, bool key_frame, int qp) override;

    H264Settings settings_;  // quick: as wanted
    bool quick_;             // as x264 has it
    std::unique_ptr<x264_t, Close> x264_;
    std::vector<std::uint8_t> info_;
    std::int64_t frames_ = 0;
};

}  // namespace cms::encoder
