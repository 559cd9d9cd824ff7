// cms_media.native.H264Encoder for Python.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "bindings/faces.hpp"
#include "bindings/held_picture.hpp"
#include "encoder/h264_encoder.hpp"

namespace cms::bindings {
namespace {

using encoder::AccessUnit;
using encoder::H264Encoder;
using Rect = std::tuple<int, int, int, int>;

std::vector<video::Rectangle> rectangles(const std::vector<Rect>& rects) {
    std::vector<video::Rectangle> out;
    out.reserve(rects.size());
    for (const auto& [x, y, width, height] : rects) out.push_back({x, y, width, height});
    return out;
}

// (access unit, whether it is a key frame, its QP)
nb::tuple encode(H264Encoder& self, const Planes& planes, bool key_frame, const std::optional<std::vector<Rect>>& changed,
                 double elapsed_s) {
    const HeldSource held(planes);
    std::vector<video::Rectangle> parts;
    if (changed) parts = rectangles(*changed);
    AccessUnit unit;
    {
        nb::gil_scoped_release released;
        std::optional<std::span<const video::Rectangle>> given;
        if (changed) given = parts;
        unit = self.encode(held.picture, key_frame, given, elapsed_s);
    }
    return nb::make_tuple(nb::bytes(unit.bytes.data(), unit.bytes.size()), unit.key_frame, unit.qp);
}

void construct(H264Encoder* self, int width_px, int height_px, int fps, int bitrate_bps, const std::string& profile,
               bool short_slices, bool quick) {
    new (self) H264Encoder({width_px, height_px, fps, bitrate_bps, profile, short_slices, quick});
}

}  // namespace

void bind_encoder(nb::module_& m) {
    using namespace nb::literals;
    nb::class_<H264Encoder>(m, "H264Encoder")
        .def("__init__", &construct, "width_px"_a, "height_px"_a, "fps"_a, "bitrate_bps"_a, "profile"_a,
             "short_slices"_a, "quick"_a)
        .def("encode", &encode, "planes"_a, "key_frame"_a, "changed"_a.none(), "elapsed_s"_a)
        .def("set_bitrate", &H264Encoder::set_bitrate, "bitrate_bps"_a)
        .def("set_quick", &H264Encoder::set_quick, "quick"_a);
}

}  // namespace cms::bindings
