// Engine for Python. The GIL is released wherever the real-time thread, or the kernel, may be waited for.
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "bindings/faces.hpp"

namespace cms::bindings {

using namespace nb::literals;
using engine::Engine;

namespace {

// A contiguous read-only view of any Python buffer, held while it is copied.
class Held {
public:
    explicit Held(nb::handle object) {
        if (PyObject_GetBuffer(object.ptr(), &view_, PyBUF_SIMPLE) != 0) throw nb::python_error();
    }
    ~Held() { PyBuffer_Release(&view_); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

    wire::Bytes bytes() const {
        return {static_cast<const std::uint8_t*>(view_.buf), static_cast<std::size_t>(view_.len)};
    }

private:
    Py_buffer view_{};
};

engine::TransportInfo open_transport(Engine& self, const std::string& address) {
    try {
        return self.open_transport(address);
    } catch (const std::system_error& error) {
        raise_os_error(error);
    }
}

nb::list take_events(Engine& self) {
    nb::list list;
    for (engine::Event& event : self.take_events()) list.append(event_object(event));
    return list;
}

void set_audio(Engine& self, int transport, const AudioStream& stream) {
    self.set_audio(transport, checked(stream, self.is_v6(transport)), stream.room);
}

void set_video(Engine& self, int transport, const VideoStream& stream) {
    self.set_video(transport, checked(stream, self.is_v6(transport)));
}

void send_video(Engine& self, std::vector<int> streams, nb::handle data, double capture_s, bool key_frame) {
    const Held held(data);
    self.send_video(std::move(streams), {held.bytes().begin(), held.bytes().end()}, capture_s, key_frame);
}

void play(Engine& self, int stream, nb::handle samples, bool loop, double gain) {
    if (samples.is_none()) {
        self.play(stream, nullptr, loop, gain);
        return;
    }
    const Held held(samples);
    auto copy = std::make_shared<std::vector<std::int16_t>>(held.bytes().size() / sizeof(std::int16_t));
    if (!copy->empty()) std::memcpy(copy->data(), held.bytes().data(), copy->size() * sizeof(std::int16_t));
    self.play(stream, std::move(copy), loop, gain);
}

void span_room(Engine& self, int room, std::shared_ptr<engine::SlotRing> write,
               std::vector<std::shared_ptr<engine::SlotRing>> read) {
    self.span_room(room, engine::RoomSpan(std::move(write), std::move(read)));
}

nb::bytes read_tap(Engine& self, int stream) {
    const std::vector<std::int16_t> samples = self.read_tap(stream);
    return nb::bytes(samples.data(), samples.size() * sizeof(std::int16_t));
}

nb::dict stats(const Engine& self, int stream) {
    const session::StreamStats s = self.stats(stream);
    nb::dict d;
    d["packets_received"] = s.packets_received;
    d["bytes_received"] = s.bytes_received;
    d["packets_lost"] = s.packets_lost;
    d["jitter_ms"] = s.jitter_ms;
    d["packets_sent"] = s.packets_sent;
    d["bytes_sent"] = s.bytes_sent;
    d["round_trip_ms"] = s.round_trip_ms;
    d["remote_packets_lost"] = s.remote_packets_lost;
    d["concealed_ticks"] = s.concealed_ticks;
    d["late_packets"] = s.late_packets;
    d["jitter_buffer_ms"] = s.jitter_buffer_ms;
    d["malformed"] = s.malformed;
    d["unknown_payload_type"] = s.unknown_payload_type;
    d["srtp_failures"] = s.srtp_failures;
    d["strangers"] = s.strangers;
    d["nacks_sent"] = s.nacks_sent;
    d["nacks_received"] = s.nacks_received;
    d["retransmitted"] = s.retransmitted;
    d["key_frames_requested"] = s.key_frames_requested;
    d["key_frame_requests"] = s.key_frame_requests;
    d["access_units"] = s.access_units;
    d["damaged_access_units"] = s.damaged_access_units;
    d["dropped_access_units"] = s.dropped_access_units;
    d["source_changes"] = s.source_changes;
    d["bitrate_limit_bps"] = s.bitrate_limit_bps;
    d["ignored_packets"] = s.ignored_packets;
    d["replayed"] = s.replayed;
    d["unproven"] = s.unproven;
    d["not_rtp"] = s.not_rtp;
    d["codec_received"] = s.codec_received;
    return d;
}

// What is looked at many times a second, without a dictionary.
std::pair<std::uint64_t, std::uint64_t> video_state(const Engine& self, int stream) {
    const session::StreamStats s = self.stats(stream);
    return {s.access_units, s.bitrate_limit_bps};
}

nb::dict snapshot(const Engine& self) {
    const engine::LoopStats s = self.snapshot();
    nb::dict d;
    d["streams"] = s.streams;
    d["rooms"] = s.rooms;
    d["ticks"] = s.ticks;
    d["late_ticks"] = s.late_ticks;
    d["skipped_ticks"] = s.skipped_ticks;
    d["tick_worst_us"] = s.tick_worst_us;
    d["span_missed"] = s.span_missed;
    d["wakeups"] = s.wakeups;
    d["packets_in"] = s.packets_in;
    d["packets_out"] = s.packets_out;
    d["packets_refused"] = s.packets_refused;
    d["trains_refused"] = s.trains_refused;
    d["socket_errors"] = s.socket_errors;
    d["failures"] = s.failures;
    d["busy_s"] = s.busy_s;
    d["dropped_events"] = self.dropped_events();
    d["refused_pictures"] = self.refused_pictures();
    d["realtime"] = self.realtime();
    d["pinned"] = self.pinned();
    return d;
}

void construct(Engine* self, int port_min, int port_max, double silence_timeout_s, int pin_cpu) {
    new (self) Engine({port_min, port_max, silence_timeout_s, pin_cpu});
}

using Unlocked = nb::call_guard<nb::gil_scoped_release>;

}  // namespace

void raise_os_error(const std::system_error& error) {
    errno = error.code().value();
    PyErr_SetFromErrno(PyExc_OSError);
    throw nb::python_error();
}

void bind_engine(nb::module_& m) {
    nb::class_<Engine>(m, "Engine")
        .def("__init__", &construct, nb::kw_only(), "port_min"_a, "port_max"_a, "silence_timeout_s"_a = 30.0,
             "pin_cpu"_a = -1)
        .def("start", &Engine::start)
        .def("stop", &Engine::stop, Unlocked())
        .def("fileno", &Engine::fd)
        .def("take_events", &take_events)
        .def("open_transport", &open_transport, "address"_a)
        .def("close_transport", &Engine::close_transport, "transport"_a, Unlocked())
        .def("set_audio", &set_audio, "transport"_a, "stream"_a)
        .def("set_video", &set_video, "transport"_a, "stream"_a)
        .def("idle", &Engine::idle, "transport"_a)
        .def("send_video", &send_video, "streams"_a, "data"_a, "capture_s"_a, "key_frame"_a)
        .def("request_key_frame", &Engine::request_key_frame, "stream"_a)
        .def("request_bitrate", &Engine::request_bitrate, "stream"_a, "bitrate_bps"_a)
        .def("set_seen", &Engine::set_seen, "stream"_a, "seen"_a)
        .def("video_state", &video_state, "stream"_a)
        .def("send_dtmf", &Engine::send_dtmf, "stream"_a, "digits"_a, "duration_ms"_a = 160)
        .def("play", &play, "stream"_a, "samples"_a.none(), "loop"_a = false, "gain"_a = 1.0)
        .def("tap", &Engine::tap, "stream"_a, "seconds"_a)
        .def("read_tap", &read_tap, "stream"_a)
        .def("set_room", &Engine::set_room, "stream"_a, "room"_a)
        .def("span_room", &span_room, "room"_a, "write"_a.none(), "read"_a)
        .def("set_muted", &Engine::set_muted, "stream"_a, "muted"_a)
        .def("levels", &Engine::levels)
        .def("loudest", &Engine::loudest, "followed"_a)
        .def("stats", &stats, "stream"_a)
        .def("snapshot", &snapshot);
}

}  // namespace cms::bindings
