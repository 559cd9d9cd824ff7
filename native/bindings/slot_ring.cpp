// SlotRing for Python. The views of its memory keep it alive; none of its calls waits, so none releases the GIL.
#include "engine/slot_ring.hpp"

#include <nanobind/ndarray.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>

#include <system_error>

#include "bindings/faces.hpp"

namespace cms::bindings {

using namespace nb::literals;
using engine::SlotRing;

namespace {

using WritableView = nb::ndarray<nb::memview, std::uint8_t, nb::ndim<1>, nb::c_contig>;
using ReadableView = nb::ndarray<nb::memview, const std::uint8_t, nb::ndim<1>, nb::c_contig>;

void create(const std::string& path, std::uint32_t slots, std::uint64_t slot_bytes) {
    try {
        SlotRing::create(path, slots, slot_bytes);
    } catch (const std::system_error& error) {
        raise_os_error(error);
    }
}

void construct(SlotRing* self, const std::string& path) {
    try {
        new (self) SlotRing(path);
    } catch (const std::system_error& error) {
        raise_os_error(error);
    }
}

WritableView begin(nb::handle self, std::uint64_t number) {
    const std::span<std::uint8_t> slot = nb::cast<SlotRing&>(self).begin(number);
    return {slot.data(), {slot.size()}, self};
}

nb::object read(nb::handle self, std::uint64_t number) {
    const auto record = nb::cast<const SlotRing&>(self).read(number);
    if (!record) return nb::none();
    const ReadableView view(record->bytes.data(), {record->bytes.size()}, self);
    return nb::make_tuple(view, record->time_s, record->tag);
}

}  // namespace

void bind_slot_ring(nb::module_& m) {
    nb::class_<SlotRing>(m, "SlotRing")
        .def("__init__", &construct, "path"_a)
        .def_static("create", &create, "path"_a, "slots"_a, "slot_bytes"_a)
        .def_prop_ro("slot_bytes", &SlotRing::slot_bytes)
        .def_prop_ro("slots", &SlotRing::slots)
        .def("begin", &begin, "number"_a)
        .def("commit", &SlotRing::commit, "number"_a, "size"_a, "time_s"_a, "tag"_a = 0)
        .def("newest", &SlotRing::newest)
        .def("read", &read, "number"_a)
        .def("intact", &SlotRing::intact, "number"_a)
        .def("wish", &SlotRing::wish)
        .def("wishes", &SlotRing::wishes);
}

}  // namespace cms::bindings
