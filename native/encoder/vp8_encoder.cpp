#include "encoder/vp8_encoder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>

#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

namespace cms::encoder {
namespace {

// libvpx has no coarser quantizer than what 47 means; of pictures in motion bits hardly fall beyond 45 (720p at a fixed
// quantizer, kbit/s at 43, 45, 47: a camera 387, 361, 351; noise that shakes 515, 448, 492). Whatever its quantizer the
// picture after a key frame codes half as much again, the one after that a fifth.
constexpr Coder kCoder{.quality = 24, .finest = 14, .coarsest = 45, .coarsest_key = 47, .key_bits = 40, .delta_bits = 6,
                       .refined_share = 0.42, .refined_power = 0.7, .after_key_share = 0.7};
// Measured at 720p beside 4, 5, 7, 8, 12 and 16: at 10 the motion search still pays, at 14 a simpler loop filter and less of
// a search save a tenth to a fifth. Where the quantizer is coarse 6 is worth 0.6 to 0.9 dB for a fifth more time, where it is
// fine 0.1 to 0.5 dB for a third.
constexpr int kSpeed = 10;
constexpr int kQuickSpeed = 14;
constexpr int kCoarseSpeed = 6;
constexpr int kCoarseQp = 41, kFineQp = 38;  // between them the speed stays
constexpr int kWorthwhile = 2;  // QP: what stands still is not coded anew for less
// Other references than the picture before cost time in each macroblock and are worth 0.1 to 0.3 dB at 2 Mbit/s, at 384 kbit/s
// nothing.
constexpr vpx_enc_frame_flags_t kLastAlone =
    VP8_EFLAG_NO_REF_GF | VP8_EFLAG_NO_REF_ARF | VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF;

// The AC step of each of the 64 quantizers that libvpx lets us choose among the 128 of RFC 6386 section 14.1. Twice a luma
// step, for VP8's transform is twice the orthonormal one.
constexpr std::array<int, 64> kSteps{4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17, 19, 21, 22, 23,
                                     24, 25, 27, 28, 29, 30, 31, 32, 33, 34, 35, 37, 39, 41, 43, 45,
                                     47, 49, 51, 53, 55, 57, 60, 64, 68, 72, 78, 84, 90, 96, 102, 108,
                                     114, 122, 131, 140, 149, 158, 167, 177, 189, 201, 213, 225, 239, 254, 269, 284};

// The one whose step is nearest to that of H.264's QP, 0.625 * 2^(QP / 6).
unsigned quantizer(int qp) {
    const double wanted = std::log2(2 * 0.625) + qp / 6.0;
    const auto distance = [wanted](int step) { return std::abs(std::log2(step) - wanted); };
    const auto nearest = std::min_element(kSteps.begin(), kSteps.end(),
                                          [&](int a, int b) { return distance(a) < distance(b); });
    return static_cast<unsigned>(nearest - kSteps.begin());
}

void check(vpx_codec_err_t result, const char* message) {
    if (result != VPX_CODEC_OK) throw std::runtime_error(message);
}

vpx_codec_enc_cfg configuration(const PictureSettings& s) {
    vpx_codec_enc_cfg c;
    check(vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &c, 0), "libvpx has no VP8 encoder");
    c.g_w = static_cast<unsigned>(s.width);
    c.g_h = static_cast<unsigned>(s.height);
    c.g_threads = 1;
    c.g_timebase = {1, s.fps};
    c.g_lag_in_frames = 0;
    c.g_error_resilient = 0;  // what is lost is sent again or a key frame follows; independence costs bits in every frame
    c.kf_mode = VPX_KF_DISABLED;
    c.rc_end_usage = VPX_CBR;
    c.rc_dropframe_thresh = 0;
    c.rc_resize_allowed = 0;
    c.rc_target_bitrate = static_cast<unsigned>(s.bitrate_bps / 1000);  // moot: the quantizer is forced
    c.rc_min_quantizer = c.rc_max_quantizer = 0;
    return c;
}

vpx_image_t vpx_image(const video::Source& picture, const PictureSettings& s) {
    vpx_image_t image;
    const video::BasicPlane<const std::uint8_t>* planes[] = {&picture.y, &picture.u, &picture.v};
    const auto bytes = [&planes](int i) { return const_cast<std::uint8_t*>(planes[i]->data); };  // libvpx copies it
    vpx_img_wrap(&image, VPX_IMG_FMT_I420, static_cast<unsigned>(s.width), static_cast<unsigned>(s.height), 1, bytes(0));
    for (int i = 0; i < 3; ++i) {
        image.planes[i] = bytes(i);
        image.stride[i] = planes[i]->stride;
    }
    return image;
}

}  // namespace

struct Vp8Encoder::Codec {
    explicit Codec(const PictureSettings& settings) : config(configuration(settings)) {
        check(vpx_codec_enc_init(&context, vpx_codec_vp8_cx(), &config, 0), "libvpx does not open");
    }
    ~Codec() { vpx_codec_destroy(&context); }
    Codec(const Codec&) = delete;
    Codec& operator=(const Codec&) = delete;

    vpx_codec_enc_cfg config;
    vpx_codec_ctx context{};
};

Vp8Encoder::Vp8Encoder(const Vp8Settings& settings)
    : PictureEncoder(settings.picture, kCoder), settings_(settings.picture), quick_(settings.quick),
      codec_(std::make_unique<Codec>(settings.picture)),
      active_(changed().marked().size(), 1), coded_qp_(active_.size()) {
    set_speed(kSpeed);
    repeat_ = make_repeat();
}

Vp8Encoder::~Vp8Encoder() = default;

void Vp8Encoder::set_quick(bool quick) { quick_ = quick; }

int Vp8Encoder::speed(int qp) const {
    if (quick_) return kQuickSpeed;
    if (qp >= kCoarseQp) return kCoarseSpeed;
    return qp > kFineQp && speed_ == kCoarseSpeed ? kCoarseSpeed : kSpeed;
}

void Vp8Encoder::set_speed(int speed) {
    if (speed_ == speed) return;
    // Negative: that speed, whatever the clock says.
    check(vpx_codec_control(&codec_->context, VP8E_SET_CPUUSED, -speed), "libvpx refused a speed");
    speed_ = speed;
}

AccessUnit Vp8Encoder::pass(const video::Source& picture, bool key_frame, int qp) {
    if (key_frame) std::fill(active_.begin(), active_.end(), std::uint8_t{1});
    else if (!mark_active(qp)) return {repeat_, false, qp};
    set_speed(speed(qp));
    quantize(qp);
    const std::span<const std::uint8_t> frame = code(picture, kLastAlone | (key_frame ? VPX_EFLAG_FORCE_KF : 0));
    for (std::size_t i = 0; i < active_.size(); ++i)
        if (active_[i] != 0) coded_qp_[i] = static_cast<std::uint8_t>(qp);
    return {frame, key_frame, qp};
}

// What changed, and what would become worthwhile finer. False: nothing is.
bool Vp8Encoder::mark_active(int qp) {
    const std::vector<std::uint8_t>& marked = changed().marked();
    bool any = false;
    for (std::size_t i = 0; i < active_.size(); ++i) {
        active_[i] = marked[i] != 0 || coded_qp_[i] >= qp + kWorthwhile;
        any |= active_[i] != 0;
    }
    return any;
}

void Vp8Encoder::quantize(int qp) {
    const unsigned wanted = quantizer(qp);
    if (codec_->config.rc_min_quantizer == wanted) return;  // eight bytes of header and some work
    codec_->config.rc_min_quantizer = codec_->config.rc_max_quantizer = wanted;
    check(vpx_codec_enc_config_set(&codec_->context, &codec_->config), "libvpx refused a quantizer");
}

std::span<const std::uint8_t> Vp8Encoder::code(const video::Source& picture, long flags) {
    vpx_active_map_t map{active_.data(), static_cast<unsigned>((settings_.height + 15) / 16),
                         static_cast<unsigned>((settings_.width + 15) / 16)};
    check(vpx_codec_control(&codec_->context, VP8E_SET_ACTIVEMAP, &map), "libvpx refused a map");
    const vpx_image_t image = vpx_image(picture, settings_);
    check(vpx_codec_encode(&codec_->context, &image, frames_++, 1, flags, VPX_DL_REALTIME),
          "libvpx failed to encode a picture");
    vpx_codec_iter_t iterator = nullptr;
    const vpx_codec_cx_pkt_t* packet = vpx_codec_get_cx_data(&codec_->context, &iterator);
    if (packet == nullptr || packet->kind != VPX_CODEC_CX_FRAME_PKT)
        throw std::runtime_error("libvpx gave no frame for a picture");
    return {static_cast<const std::uint8_t*>(packet->data.frame.buf), packet->data.frame.sz};
}

// A frame of skipped macroblocks that shows the picture before once more and updates nothing in a decoder, so that it
// serves at any time. Of grey at the finest quantizer, where libvpx picks no loop filter.
std::vector<std::uint8_t> Vp8Encoder::make_repeat() {
    const std::size_t pixels = static_cast<std::size_t>(settings_.width) * static_cast<std::size_t>(settings_.height);
    const std::vector<std::uint8_t> grey(pixels, 128);
    const video::BasicPlane<const std::uint8_t> luma{grey.data(), settings_.width, pixels};
    const video::BasicPlane<const std::uint8_t> chroma{grey.data(), settings_.width / 2, pixels};
    code({luma, chroma, chroma}, kLastAlone | VPX_EFLAG_FORCE_KF);
    std::fill(active_.begin(), active_.end(), std::uint8_t{0});
    const auto frame = code({luma, chroma, chroma}, kLastAlone | VP8_EFLAG_NO_UPD_LAST | VP8_EFLAG_NO_UPD_ENTROPY);
    return {frame.begin(), frame.end()};
}

}  // namespace cms::encoder
