// A picture of Python's as the kernels see it: three buffers, held for as long as somebody works on them.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/stl/tuple.h>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>

#include "video/kernels.hpp"

namespace cms::bindings {

// (y, y_stride, u, u_stride, v, v_stride)
using Planes = std::tuple<nanobind::object, int, nanobind::object, int, nanobind::object, int>;

// Made and destroyed with the GIL.
class Held {
public:
    Held(const nanobind::object& object, bool writable) {
        const int flags = writable ? PyBUF_WRITABLE : PyBUF_SIMPLE;
        if (PyObject_GetBuffer(object.ptr(), &view_, flags) != 0) throw nanobind::python_error();
    }
    ~Held() { PyBuffer_Release(&view_); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

    template <class Byte>
    video::BasicPlane<Byte> plane(int stride) const {
        return {static_cast<Byte*>(view_.buf), stride, static_cast<std::size_t>(view_.len)};
    }

private:
    Py_buffer view_{};
};

template <class Byte>
class HeldPicture {
public:
    explicit HeldPicture(const Planes& planes)
        : y_(std::get<0>(planes), kWritable), u_(std::get<2>(planes), kWritable), v_(std::get<4>(planes), kWritable) {
        picture = {y_.plane<Byte>(std::get<1>(planes)), u_.plane<Byte>(std::get<3>(planes)),
                   v_.plane<Byte>(std::get<5>(planes))};
    }
    video::BasicPicture<Byte> picture;

private:
    static constexpr bool kWritable = !std::is_const_v<Byte>;
    Held y_, u_, v_;
};

using HeldSource = HeldPicture<const std::uint8_t>;
using HeldTarget = HeldPicture<std::uint8_t>;

}  // namespace cms::bindings
