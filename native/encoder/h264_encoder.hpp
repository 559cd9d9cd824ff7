// H.264 through libx264 with our own rate control: a QP forced on every picture, so x264 makes no look-ahead pass.
//
// One thread, one reference, no delay: a picture in, an access unit out. Not thread-safe; any thread may own it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "encoder/activity.hpp"
#include "encoder/macroblock_map.hpp"
#include "encoder/rate_control.hpp"
#include "video/kernels.hpp"

struct x264_t;

namespace cms::encoder {

struct H264Settings {
    int width = 0;
    int height = 0;
    int fps = 30;
    int bitrate_bps = 1'000'000;
    std::string profile = "baseline";  // or main, high
    bool short_slices = false;
    bool quick = false;
};

// Annex B, with parameter sets at key frames. The bytes are the encoder's: good until the next call.
struct AccessUnit {
    std::span<const std::uint8_t> bytes;
    bool key_frame = false;
    int qp = 0;
};

class H264Encoder {
public:
    // Short slices end here, so that each fits a packet: RFC 6184 packetization mode 0. They cost 7 to 12 % of the time.
    static constexpr int kMaxSliceBytes = 1200;

    // Throws std::invalid_argument naming what is wrong, std::runtime_error when x264 does not open.
    explicit H264Encoder(const H264Settings& settings);
    ~H264Encoder();
    H264Encoder(const H264Encoder&) = delete;
    H264Encoder& operator=(const H264Encoder&) = delete;

    // `changed`: the only parts that may differ from the picture before; nullopt is all of it. `elapsed_s`: since that
    // picture. Throws std::invalid_argument for planes too small or a rectangle outside, std::runtime_error when x264 fails.
    AccessUnit encode(const video::Source& picture, bool key_frame,
                      std::optional<std::span<const video::Rectangle>> changed, double elapsed_s);

    // A new cap, from the next picture on, without a key frame.
    void set_bitrate(int bitrate_bps);

    // Quick from the next picture on; thorough from the next key frame on: quick, x264 keeps no half samples to go back to.
    // Throws std::runtime_error when x264 refuses.
    void set_quick(bool quick);

private:
    struct Close {
        void operator()(x264_t* encoder) const;
    };
    AccessUnit pass(const video::Source& picture, bool key_frame, const Plan& plan, bool partly);

    H264Settings settings_;  // quick: as wanted
    bool quick_;             // as x264 has it
    std::unique_ptr<x264_t, Close> x264_;
    RateControl rate_;
    ActivityMeter meter_;
    MacroblockMap changed_;
    std::vector<std::uint8_t> info_;
    std::int64_t frames_ = 0;
};

}  // namespace cms::encoder
