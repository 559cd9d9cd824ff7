#include "encoder/picture_encoder.hpp"

#include <cmath>
#include <stdexcept>

namespace cms::encoder {
namespace {

constexpr int kMaxSide = 4096;  // level 5.1 of H.264; keeps every product small
constexpr int kMinSide = 16;
constexpr int kMaxFps = 120;
constexpr int kMinBitrate = 8'000;
constexpr int kMaxBitrate = 100'000'000;

void check(bool good, const char* message) {
    if (!good) throw std::invalid_argument(message);
}

void check_bitrate(int bitrate_bps) {
    check(bitrate_bps >= kMinBitrate && bitrate_bps <= kMaxBitrate, "bitrate_bps is not in 8000..100000000");
}

const PictureSettings& checked(const PictureSettings& s) {
    check(s.width >= kMinSide && s.width <= kMaxSide && s.width % 2 == 0, "width is not even or not in 16..4096");
    check(s.height >= kMinSide && s.height <= kMaxSide && s.height % 2 == 0, "height is not even or not in 16..4096");
    check(s.fps >= 1 && s.fps <= kMaxFps, "fps is not in 1..120");
    check_bitrate(s.bitrate_bps);
    return s;
}

void check_plane(const video::BasicPlane<const std::uint8_t>& plane, int width, int height, const char* message) {
    const bool wide = plane.data != nullptr && plane.stride >= width;
    check(wide && static_cast<std::size_t>(plane.stride) * static_cast<std::size_t>(height - 1) +
                          static_cast<std::size_t>(width) <= plane.bytes, message);
}

RateSettings rate_settings(const PictureSettings& s, const Coder& coder) {
    return {(s.width + 15) / 16 * ((s.height + 15) / 16), 1.0 / s.fps, s.bitrate_bps, coder};
}

}  // namespace

PictureEncoder::PictureEncoder(const PictureSettings& settings, const Coder& coder)
    : settings_(checked(settings)), rate_(rate_settings(settings, coder)), meter_(settings.width, settings.height),
      changed_(settings.width, settings.height) {}

PictureEncoder::~PictureEncoder() = default;

void PictureEncoder::set_bitrate(int bitrate_bps) {
    check_bitrate(bitrate_bps);
    rate_.set_bitrate(bitrate_bps);
}

AccessUnit PictureEncoder::encode(const video::Source& picture, bool key_frame, const video::MacroblockMap* changed,
                                  double elapsed_s) {
    check_plane(picture.y, settings_.width, settings_.height, "picture: the luma plane is too small");
    check_plane(picture.u, settings_.width / 2, settings_.height / 2, "picture: the u plane is too small");
    check_plane(picture.v, settings_.width / 2, settings_.height / 2, "picture: the v plane is too small");
    check(std::isfinite(elapsed_s), "elapsed_s is not a number");
    if (changed != nullptr) changed_.mark(*changed);
    else changed_.mark_all();
    key_frame |= first_;
    Plan plan = rate_.plan(meter_.look(picture), key_frame, elapsed_s);
    if (plan.hold) return {{}, false, plan.qp};
    AccessUnit unit = pass(picture, key_frame, plan.qp);
    meter_.keep(picture);
    first_ = false;
    rate_.encoded(unit.bytes.size());
    while (rate_.again(plan)) {
        unit = pass(picture, true, plan.qp);
        rate_.encoded(unit.bytes.size());
    }
    changed_.clear();
    return unit;
}

}  // namespace cms::encoder
