#include "encoder/h264_encoder.hpp"

#include <stdexcept>

extern "C" {
#include <x264.h>
}

namespace cms::encoder {
namespace {

// x264's emergency mode begins at 52. Of other than key frames, 720p, kbit/s at QP 36, 40, 44 (PSNR in dB): a camera 321 (33.0),
// 311 (30.6), 235 (27.8); shaking noise 444 (27.4), 291 (26.8), 347 (25.7).
constexpr Coder kCoder{.quality = 24, .finest = 14, .coarsest = 40, .coarsest_key = 51};
// x264 clips a forced QP to what constant-QP mode may use for I, P and B: these open that to 11..51.
constexpr int kMiddleQp = 31;
constexpr float kQpFactor = 10;  // the largest that x264 takes; 6 * log2 of it is 20
constexpr int kThoroughRefine = 1;  // motion to a quarter of a sample
constexpr int kQuickRefine = 0;     // to a whole one

const H264Settings& checked(const H264Settings& s) {
    if (s.profile != "baseline" && s.profile != "main" && s.profile != "high")
        throw std::invalid_argument("profile is not baseline, main or high");
    return s;
}

x264_param_t parameters(const H264Settings& s) {
    x264_param_t p;
    // Looking for intra blocks in P pictures is a sixth of superfast's time and worth next to nothing.
    x264_param_default_preset(&p, "superfast", "zerolatency");
    p.analyse.inter = 0;
    p.i_log_level = X264_LOG_NONE;
    p.i_threads = 1;
    p.b_sliced_threads = 0;
    p.i_width = s.picture.width;
    p.i_height = s.picture.height;
    p.i_csp = X264_CSP_I420;
    p.i_fps_num = static_cast<std::uint32_t>(s.picture.fps);
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
    : PictureEncoder(checked(settings).picture, kCoder), settings_(settings), quick_(settings.quick),
      x264_(open(settings)), info_(changed().marked().size()) {}

H264Encoder::~H264Encoder() = default;

void H264Encoder::set_quick(bool quick) {
    settings_.quick = quick;
    if (!quick || quick_) return;
    x264_param_t p;
    x264_encoder_parameters(x264_.get(), &p);
    p.analyse.i_subpel_refine = kQuickRefine;
    if (x264_encoder_reconfig(x264_.get(), &p) != 0) throw std::runtime_error("x264 refuses to be quick");
    quick_ = true;
}

// Macroblocks that did not change are passed over. x264 sees to it by itself that one is coded all the same when its
// reference is coarser than the QP or was blurred by the deblocking of a neighbour.
AccessUnit H264Encoder::pass(const video::Source& picture, bool key_frame, int qp) {
    if (key_frame && quick_ != settings_.quick) {
        x264_.reset(open(settings_));
        quick_ = settings_.quick;
    }
    x264_picture_t in = x264_picture(picture), out;
    in.i_type = key_frame ? X264_TYPE_IDR : X264_TYPE_P;
    in.i_qpplus1 = qp + 1;
    in.i_pts = frames_++;
    if (!key_frame) {
        const std::vector<std::uint8_t>& marked = changed().marked();
        for (std::size_t i = 0; i < info_.size(); ++i) info_[i] = marked[i] == 0 ? X264_MBINFO_CONSTANT : 0;
        in.prop.mb_info = info_.data();
    }
    x264_nal_t* units = nullptr;
    int count = 0;
    const int bytes = x264_encoder_encode(x264_.get(), &units, &count, &in, &out);
    if (bytes <= 0 || count <= 0) throw std::runtime_error("x264 failed to encode a picture");
    return {{units[0].p_payload, static_cast<std::size_t>(bytes)}, key_frame, qp};
}

}  // namespace cms::encoder
