// cms_media.native.video: the picture kernels for Python, on any object with the buffer protocol.
#include <stdexcept>
#include <tuple>

#include "bindings/held_picture.hpp"

namespace nb = nanobind;
namespace cv = cms::video;

namespace {

using cms::bindings::Held;
using cms::bindings::HeldSource;
using cms::bindings::HeldTarget;
using cms::bindings::Planes;
using Rect = std::tuple<int, int, int, int>;

cv::Rectangle rectangle(const Rect& r) { return {std::get<0>(r), std::get<1>(r), std::get<2>(r), std::get<3>(r)}; }

std::uint8_t level(int value) {
    if (value < 0 || value > 255) throw std::invalid_argument("level is not in 0..255");
    return static_cast<std::uint8_t>(value);
}

void scale(const Planes& source, const Rect& from, const Planes& target, const Rect& to) {
    const HeldSource s(source);
    const HeldTarget t(target);
    nb::gil_scoped_release released;
    cv::scale(s.picture, rectangle(from), t.picture, rectangle(to));
}

void copy(const Planes& source, const Rect& from, const Planes& target, int x, int y) {
    const HeldSource s(source);
    const HeldTarget t(target);
    nb::gil_scoped_release released;
    cv::copy(s.picture, rectangle(from), t.picture, x, y);
}

bool update(const Planes& source, const Rect& from, const Planes& target, int x, int y, cv::MacroblockMap& changed) {
    const HeldSource s(source);
    const HeldTarget t(target);
    nb::gil_scoped_release released;
    return cv::update(s.picture, rectangle(from), t.picture, x, y, changed);
}

void fill(const Planes& target, const Rect& to, int y, int u, int v) {
    const HeldTarget t(target);
    nb::gil_scoped_release released;
    cv::fill(t.picture, rectangle(to), {level(y), level(u), level(v)});
}

void blend(const Planes& overlay, const nb::object& alpha, int alpha_stride, std::tuple<int, int> size,
           const Planes& target, int x, int y) {
    const HeldSource s(overlay);
    const Held a(alpha, false);
    const HeldTarget t(target);
    nb::gil_scoped_release released;
    cv::blend(s.picture, a.plane<const std::uint8_t>(alpha_stride), std::get<0>(size), std::get<1>(size), t.picture,
              x, y);
}

void dim(const Planes& target, const Rect& where, int percent) {
    const HeldTarget t(target);
    nb::gil_scoped_release released;
    cv::dim(t.picture, rectangle(where), percent);
}

void frame(const Planes& target, const Rect& where, int line, int y, int u, int v) {
    const HeldTarget t(target);
    nb::gil_scoped_release released;
    cv::frame(t.picture, rectangle(where), line, {level(y), level(u), level(v)});
}

void dissolve(const Planes& over, const Planes& target, const Rect& where, int percent) {
    const HeldSource s(over);
    const HeldTarget t(target);
    nb::gil_scoped_release released;
    cv::dissolve(s.picture, t.picture, rectangle(where), percent);
}

double psnr(const Planes& a, const Planes& b, std::tuple<int, int> size) {
    const HeldSource left(a);
    const HeldSource right(b);
    nb::gil_scoped_release released;
    return cv::psnr(left.picture, right.picture, std::get<0>(size), std::get<1>(size));
}

}  // namespace

void bind_video(nb::module_& m) {
    using namespace nb::literals;
    m.doc() = "Picture kernels, 8-bit planar 4:2:0.";
    nb::class_<cv::MacroblockMap>(m, "MacroblockMap")
        .def(nb::init<int, int>(), "width_px"_a, "height_px"_a)
        .def_prop_ro("width_px", &cv::MacroblockMap::width)
        .def_prop_ro("height_px", &cv::MacroblockMap::height)
        .def_prop_ro("marked", [](const cv::MacroblockMap& self) { return nb::bytes(self.marked().data(), self.marked().size()); })
        .def("mark", [](cv::MacroblockMap& self, const Rect& changed) { self.mark(rectangle(changed)); }, "rectangle"_a)
        .def("clear", &cv::MacroblockMap::clear);
    m.def("scale", &scale, "source"_a, "source_rect"_a, "target"_a, "target_rect"_a);
    m.def("copy", &copy, "source"_a, "source_rect"_a, "target"_a, "target_x"_a, "target_y"_a);
    m.def("update", &update, "source"_a, "source_rect"_a, "target"_a, "target_x"_a, "target_y"_a, "changed"_a);
    m.def("fill", &fill, "target"_a, "target_rect"_a, "y"_a, "u"_a, "v"_a);
    m.def("blend", &blend, "overlay"_a, "alpha"_a, "alpha_stride"_a, "size"_a, "target"_a, "target_x"_a,
          "target_y"_a);
    m.def("dim", &dim, "target"_a, "target_rect"_a, "percent"_a);
    m.def("frame", &frame, "target"_a, "target_rect"_a, "line"_a, "y"_a, "u"_a, "v"_a);
    m.def("dissolve", &dissolve, "over"_a, "target"_a, "target_rect"_a, "percent"_a);
    m.def("psnr", &psnr, "a"_a, "b"_a, "size"_a);
}
