// cms_media.native.H264Encoder and Vp8Encoder for Python: each is there when its library was.
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>

#include "bindings/faces.hpp"
#include "bindings/held_picture.hpp"
#include "encoder/picture_encoder.hpp"
#ifdef CMS_MEDIA_X264
#include "encoder/h264_encoder.hpp"
#endif
#ifdef CMS_MEDIA_VPX
#include "encoder/vp8_encoder.hpp"
#endif

namespace cms::bindings {
namespace {

using encoder::AccessUnit;
using encoder::PictureEncoder;

// (access unit, whether it is a key frame, its QP)
nb::tuple encode(PictureEncoder& self, const Planes& planes, bool key_frame, const video::MacroblockMap* changed,
                 double elapsed_s) {
    const HeldSource held(planes);
    AccessUnit unit;
    {
        nb::gil_scoped_release released;
        unit = self.encode(held.picture, key_frame, changed, elapsed_s);
    }
    return nb::make_tuple(nb::bytes(unit.bytes.data(), unit.bytes.size()), unit.key_frame, unit.qp);
}

#ifdef CMS_MEDIA_X264
void construct_h264(encoder::H264Encoder* self, int width_px, int height_px, int fps, int bitrate_bps,
                    const std::string& profile, bool short_slices, bool quick) {
    new (self) encoder::H264Encoder({{width_px, height_px, fps, bitrate_bps}, profile, short_slices, quick});
}
#endif

#ifdef CMS_MEDIA_VPX
void construct_vp8(encoder::Vp8Encoder* self, int width_px, int height_px, int fps, int bitrate_bps, bool quick) {
    new (self) encoder::Vp8Encoder({{width_px, height_px, fps, bitrate_bps}, quick});
}
#endif

}  // namespace

void bind_encoder(nb::module_& m) {
    using namespace nb::literals;
    nb::class_<PictureEncoder>(m, "PictureEncoder")
        .def("encode", &encode, "planes"_a, "key_frame"_a, "changed"_a.none(), "elapsed_s"_a)
        .def("set_bitrate", &PictureEncoder::set_bitrate, "bitrate_bps"_a)
        .def("set_quick", &PictureEncoder::set_quick, "quick"_a);
#ifdef CMS_MEDIA_X264
    nb::class_<encoder::H264Encoder, PictureEncoder>(m, "H264Encoder")
        .def("__init__", &construct_h264, "width_px"_a, "height_px"_a, "fps"_a, "bitrate_bps"_a, "profile"_a,
             "short_slices"_a, "quick"_a);
#endif
#ifdef CMS_MEDIA_VPX
    nb::class_<encoder::Vp8Encoder, PictureEncoder>(m, "Vp8Encoder")
        .def("__init__", &construct_vp8, "width_px"_a, "height_px"_a, "fps"_a, "bitrate_bps"_a, "quick"_a);
#endif
}

}  // namespace cms::bindings
