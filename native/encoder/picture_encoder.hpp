// Pictures in, access units out, at a rate: what the encoders have in common, whatever the codec.
//
// A QP is forced on every picture by our own rate control, so no library looks ahead. One thread, no delay. Not
// thread-safe; any thread may own it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "encoder/activity.hpp"
#include "encoder/rate_control.hpp"
#include "video/kernels.hpp"
#include "video/macroblock_map.hpp"

namespace cms::encoder {

struct PictureSettings {
    int width = 0;
    int height = 0;
    int fps = 30;
    int bitrate_bps = 1'000'000;
};

// The bytes are the encoder's: good until the next call. None: there is no room for the picture, the one before stays.
struct AccessUnit {
    std::span<const std::uint8_t> bytes;
    bool key_frame = false;
    int qp = 0;
};

class PictureEncoder {
public:
    virtual ~PictureEncoder();
    PictureEncoder(const PictureEncoder&) = delete;
    PictureEncoder& operator=(const PictureEncoder&) = delete;

    // `changed`: the only macroblocks that may differ from the picture before; nullptr is all of it. `elapsed_s`: since that
    // picture. Throws std::invalid_argument for planes too small or a map of another size, std::runtime_error when the
    // library fails.
    AccessUnit encode(const video::Source& picture, bool key_frame, const video::MacroblockMap* changed, double elapsed_s);

    // A new cap, from the next picture on, without a key frame.
    void set_bitrate(int bitrate_bps);

    // Less effort for less time, from the next picture on; more again as soon as the library can. Throws
    // std::runtime_error when it refuses.
    virtual void set_quick(bool quick) = 0;

protected:
    // Throws std::invalid_argument naming what is wrong.
    PictureEncoder(const PictureSettings& settings, const Coder& coder);

    // One pass of the library. Of other than key frames only what `changed()` marks needs to be looked at.
    virtual AccessUnit pass(const video::Source& picture, bool key_frame, int qp) = 0;
    const video::MacroblockMap& changed() const { return changed_; }

private:
    PictureSettings settings_;
    RateControl rate_;
    ActivityMeter meter_;
    video::MacroblockMap changed_;
    bool first_ = true;
};

}  // namespace cms::encoder
