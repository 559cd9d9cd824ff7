#include "encoder/h264_encoder.hpp"

#include <cmath>
#include <stdexcept>

extern "C" {
#include <x264.h>
}

namespace cms::encoder {
namespace {

constexpr int kMaxSide = 4096;  // level 5.1; keeps every product small
constexpr int kMinSide = 16;
constexpr int kMaxFps = 120;
constexpr int kMinBitrate = 8'000;
constexpr int kMaxBitrate = 100'000'000;
// x264 clips a forced QP to what constant-QP mode may use for I, P and B: these factors open that to 8..51.
constexpr int kMiddleQp = 28;
constexpr float kQpFactor = 14.3F;  // 6 * log2 of it is 23
constexpr int kThoroughRefine = 1;  // motion to a quarter of a sample
constexpr int kQuickRefine = 0;     // to a whole one

void check(bool good, const char* message) {
    if (!good) throw std::invalid_argument(message);
}

const H264Settings& checked(const H264Settings& s) {
    check(s.width >= kMinSide && s.width <= kMaxSide && s.width % 2 == 0, "width is not even or not in 16..4096");
    check(s.height >= kMinSide && s.height <= kMaxSide && s.height % 2 == 0, "height is not even or not in 16..4096");
    check(s.fps >= 1 && s.fps <= kMaxFps, "fps is not in 1..120");
    check(s.bitrate_bps >= kMinBitrate && s.bitrate_bps <= kMaxBitrate, "bitrate_bps is not in 8000..100000000");
    check(s.profile == "baseline" || s.profile == "main" || s.profile == "high", "profile is not baseline, main or high");
    return s;
}

void check_plane(const video::BasicPlane<const std::uint8_t>& plane, int width, int height, const char* message) {
    const bool wide = plane.data != nullptr && plane.stride >= width;
    check(wide && static_cast<std::size_t>(plane.stride) * static_cast<std::size_t>(height - 1) +
                          static_cast<std::size_t>(width) <= plane.bytes, message);
}

x264_param_t parameters(const H264Settings& s) {
    x264_param_t p;
    // Looking for intra blocks in P pictures is a sixth of superfast's time and worth next to nothing.
    x264_param_default_preset(&p, "superfast", "zerolatency");
    p.analyse.inter = 0;
    p.i_log_level = X264_LOG_NONE;
    p.i_threads = 1;
    p.b_sliced_threads = 0;
    p.i_width = s.width;
    p.i_height = s.height;
    p.i_csp = X264_CSP_I420;
    p.i_fps_num = static_cast<std::uint32_t>(s.fps);
    p.i_fps_den = 1;
    p.i_keyint_max = X264_KEYINT_MAX_INFINITE;
    p.i_scenecut_threshold = 0;
    p.analyse.i_weighted_pred = X264_WEIGHTP_NONE;
    p.analyse.b_mb_info = 1;
    p.rc.i_rc_method = X264_RC_CQP;
    p.rc.i_qp_constant = kMiddleQp;
    p.rc.f_ip_factor = p.rc.f_pb_factor = kQpFactor;
    if (s.short_slices) p.i_slice_max_size = H264Encoder::kMaxSliceBytes;
    p.b_repeat_headers = 1;
    p.b_annexb = 1;
    p.analyse.i_subpel_refine = s.quick ? kQuickRefine : kThoroughRefine;
    x264_param_apply_profile(&p, s.profile.c_str());
    return p;
}

x264_t* open(const H264Settings& settings) {
    x264_param_t p = parameters(settings);
    x264_t* encoder = x264_encoder_open(&p);
    if (encoder == nullptr) throw std::runtime_error("x264 does not open");
    return encoder;
}

RateSettings rate_settings(const H264Settings& s) {
    return {(s.width + 15) / 16 * ((s.height + 15) / 16), 1.0 / s.fps, s.bitrate_bps};
}

x264_picture_t x264_picture(const video::Source& picture) {
    x264_picture_t in;
    x264_picture_init(&in);
    in.img.i_csp = X264_CSP_I420;
    in.img.i_plane = 3;
    const video::BasicPlane<const std::uint8_t>* planes[] = {&picture.y, &picture.u, &picture.v};
    for (int i = 0; i < 3; ++i) {
        in.img.plane[i] = const_cast<std::uint8_t*>(planes[i]->data);  // x264 copies it
        in.img.i_stride[i] = planes[i]->stride;
    }
    return in;
}

}  // namespace

void H264Encoder::Close::operator()(x264_t* encoder) const { x264_encoder_close(encoder); }

H264Encoder::H264Encoder(const H264Settings& settings)
    : settings_(checked(settings)), quick_(settings.quick), x264_(open(settings)), rate_(rate_settings(settings)),
      meter_(settings.width, settings.height), changed_(settings.width, settings.height),
      info_(changed_.marked().size()) {}

H264Encoder::~H264Encoder() = default;

void H264Encoder::set_bitrate(int bitrate_bps) {
    check(bitrate_bps >= kMinBitrate && bitrate_bps <= kMaxBitrate, "bitrate_bps is not in 8000..100000000");
    rate_.set_bitrate(bitrate_bps);
}

void H264Encoder::set_quick(bool quick) {
    settings_.quick = quick;
    if (!quick || quick_) return;
    x264_param_t p;
    x264_encoder_parameters(x264_.get(), &p);
    p.analyse.i_subpel_refine = kQuickRefine;
    if (x264_encoder_reconfig(x264_.get(), &p) != 0) throw std::runtime_error("x264 refuses to be quick");
    quick_ = true;
}

AccessUnit H264Encoder::encode(const video::Source& picture, bool key_frame,
                               std::optional<std::span<const video::Rectangle>> changed, double elapsed_s) {
    check_plane(picture.y, settings_.width, settings_.height, "picture: the luma plane is too small");
    check_plane(picture.u, settings_.width / 2, settings_.height / 2, "picture: the u plane is too small");
    check_plane(picture.v, settings_.width / 2, settings_.height / 2, "picture: the v plane is too small");
    check(std::isfinite(elapsed_s), "elapsed_s is not a number");
    if (changed) changed_.mark(*changed);
    else changed_.mark_all();
    key_frame |= frames_ == 0;
    if (key_frame && quick_ != settings_.quick) {
        x264_.reset(open(settings_));
        quick_ = settings_.quick;
    }
    Plan plan = rate_.plan(meter_.look(picture), key_frame, elapsed_s);
    if (plan.hold) return pass(picture, false, plan, true);
    AccessUnit unit = pass(picture, key_frame, plan, !key_frame);
    rate_.encoded(unit.bytes.size());
    while (rate_.again(plan)) {
        unit = pass(picture, true, plan, false);
        rate_.encoded(unit.bytes.size());
    }
    changed_.clear();
    return unit;
}

// `partly`: macroblocks that did not change, or all of a held picture, are passed over. x264 sees to it by itself that one
// is coded all the same when its reference is coarser than the QP or was blurred by the deblocking of a neighbour.
AccessUnit H264Encoder::pass(const video::Source& picture, bool key_frame, const Plan& plan, bool partly) {
    x264_picture_t in = x264_picture(picture), out;
    in.i_type = key_frame ? X264_TYPE_IDR : X264_TYPE_P;
    in.i_qpplus1 = plan.qp + 1;
    in.i_pts = frames_++;
    if (partly) {
        const std::vector<std::uint8_t>& marked = changed_.marked();
        for (std::size_t i = 0; i < info_.size(); ++i)
            info_[i] = plan.hold || marked[i] == 0 ? X264_MBINFO_CONSTANT : 0;
        in.prop.mb_info = info_.data();
    }
    x264_nal_t* units = nullptr;
    int count = 0;
    const int bytes = x264_encoder_encode(x264_.get(), &units, &count, &in, &out);
    if (bytes <= 0 || count <= 0) throw std::runtime_error("x264 failed to encode a picture");
    return {{units[0].p_payload, static_cast<std::size_t>(bytes)}, key_frame, plan.qp};
}

}  // namespace cms::encoder
