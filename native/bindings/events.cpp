// What take_events returns.
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

#include "bindings/faces.hpp"

namespace cms::bindings {

namespace {

const char* codec_text(const engine::AccessUnit& unit) {
    return unit.codec == payload::VideoCodec::H264 ? "H264" : "VP8";
}

}  // namespace

void bind_events(nb::module_& m) {
    using engine::AccessUnit;
    nb::class_<AccessUnit>(m, "AccessUnit")
        .def_ro("stream", &AccessUnit::stream)
        .def_prop_ro("codec", &codec_text)
        .def_prop_ro("data", [](const AccessUnit& u) { return nb::bytes(u.unit.data.data(), u.unit.data.size()); })
        .def_prop_ro("key_frame", [](const AccessUnit& u) { return u.unit.key_frame; })
        .def_prop_ro("damaged", [](const AccessUnit& u) { return u.unit.damaged; })
        .def_prop_ro("rtp_timestamp", [](const AccessUnit& u) { return u.unit.rtp_timestamp; })
        .def_prop_ro("arrival_s", [](const AccessUnit& u) { return u.unit.arrival_s; });
    nb::class_<engine::KeyFrameRequest>(m, "KeyFrameRequest").def_ro("stream", &engine::KeyFrameRequest::stream);
    nb::class_<engine::Digit>(m, "Digit")
        .def_ro("stream", &engine::Digit::stream)
        .def_prop_ro("digit", [](const engine::Digit& d) { return std::string(1, d.digit); });
    nb::class_<engine::PeerFault>(m, "PeerFault")
        .def_ro("stream", &engine::PeerFault::stream)
        .def_prop_ro("fault", [](const engine::PeerFault& f) { return session::fault_name(f.fault); })
        .def_prop_ro("peer", [](const engine::PeerFault& f) { return f.peer.text(); });
    nb::class_<engine::StreamState>(m, "StreamState")
        .def_ro("stream", &engine::StreamState::stream)
        .def_ro("silent", &engine::StreamState::silent);
}

nb::object event_object(engine::Event& event) {
    return std::visit([](auto& what) { return nb::cast(std::move(what)); }, event);
}

}  // namespace cms::bindings
