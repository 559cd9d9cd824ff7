// Transport, AudioStream and VideoStream for Python, and the checks between them and the engine.
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <stdexcept>

#include "bindings/faces.hpp"
#include "wire/audio_level.hpp"

namespace cms::bindings {

using namespace nb::literals;

namespace {

[[noreturn]] void refuse(const char* field, const std::string& why) {
    throw std::invalid_argument(std::string(field) + ": " + why);
}

int in_range(const char* field, int value, int least, int most) {
    if (value < least || value > most) {
        refuse(field, std::to_string(value) + " is not in " + std::to_string(least) + ".." + std::to_string(most));
    }
    return value;
}

std::uint8_t payload_type(const char* field, int value) {
    return static_cast<std::uint8_t>(in_range(field, value, 0, 127));
}

session::Address address(const char* field, const HostPort& peer, bool v6) {
    const int port = in_range(field, peer.second, 1, 65535);
    const auto parsed = session::Address::parse(peer.first, static_cast<std::uint16_t>(port));
    if (!parsed) refuse(field, "'" + peer.first + "' is not an IP address literal");
    if (parsed->v6 != v6) refuse(field, "'" + peer.first + "' is not of the transport's address family");
    return *parsed;
}

std::optional<session::SrtpKey> srtp_key(const char* field, const nb::object& value) {
    if (value.is_none()) return std::nullopt;
    std::pair<std::string, nb::bytes> parts;
    if (!nb::try_cast(value, parts)) refuse(field, "not a tuple of suite name and key");
    const auto suite = wire::srtp_suite(parts.first);
    if (!suite) refuse(field, "unknown suite '" + parts.first + "'");
    const std::size_t size = wire::srtp_key_and_salt_bytes(*suite);
    if (parts.second.size() != size) refuse(field, "key and salt are not " + std::to_string(size) + " bytes");
    const auto* begin = static_cast<const std::uint8_t*>(parts.second.data());
    return session::SrtpKey{*suite, {begin, begin + size}};
}

template <typename Face>
session::LinkSettings link(const Face& stream, bool v6) {
    session::LinkSettings settings;
    settings.remote_rtp = address("remote_rtp", stream.remote_rtp, v6);
    settings.rtcp_mux = stream.rtcp_mux;
    if (stream.remote_rtcp.first.empty()) {
        settings.remote_rtcp = settings.remote_rtp;
        if (!stream.rtcp_mux) ++settings.remote_rtcp.port;
    } else {
        settings.remote_rtcp = address("remote_rtcp", stream.remote_rtcp, v6);
    }
    settings.srtp_send = srtp_key("srtp_send", stream.srtp_send);
    settings.srtp_receive = srtp_key("srtp_receive", stream.srtp_receive);
    if (stream.cname.size() > 255) refuse("cname", "longer than 255 bytes");
    return settings;
}

audio::Codec audio_codec(const char* field, const std::string& name) {
    const auto codec = audio::codec_by_name(name);
    if (!codec) refuse(field, "unknown codec '" + name + "'");
    return *codec;
}

payload::VideoCodec video_codec(const char* field, const std::string& name) {
    if (name == "H264") return payload::VideoCodec::H264;
    if (name == "VP8") return payload::VideoCodec::Vp8;
    refuse(field, "unknown codec '" + name + "'");
}

std::optional<std::uint8_t> extension_id(const char* field, int id, int most) {
    if (id == -1) return std::nullopt;
    return static_cast<std::uint8_t>(in_range(field, id, 1, most));
}

audio::EncoderSettings encoder(const AudioStream& stream, audio::Codec codec) {
    audio::EncoderSettings settings;
    in_range("packet_time_ms", stream.packet_time_ms, 1, 1000);
    settings.packet_time_ms = audio::packet_time_ms(codec, stream.packet_time_ms);
    settings.opus_bitrate_bps = in_range("opus_bitrate_bps", stream.opus_bitrate_bps, 6000, 510000);
    settings.opus_fec = stream.opus_fec;
    settings.opus_dtx = stream.opus_dtx;
    return settings;
}

}  // namespace

session::AudioSettings checked(const AudioStream& stream, bool v6) {
    session::AudioSettings settings;
    settings.link = link(stream, v6);
    settings.sending = stream.sending;
    settings.receiving = stream.receiving;
    settings.send_codec = audio_codec("send_codec", stream.send_codec);
    settings.send_payload_type = payload_type("send_payload_type", stream.send_payload_type);
    for (const auto& [type, name] : stream.receive) {
        settings.receive.push_back({payload_type("receive", type), audio_codec("receive", name)});
    }
    settings.encoder = encoder(stream, settings.send_codec);
    if (stream.dtmf_send_payload_type != -1) {
        settings.dtmf_send_payload_type = payload_type("dtmf_send_payload_type", stream.dtmf_send_payload_type);
    }
    for (const int type : stream.dtmf_receive_payload_types) {
        settings.dtmf_receive_payload_types.push_back(payload_type("dtmf_receive_payload_types", type));
    }
    settings.level_receive_id = extension_id("level_receive_id", stream.level_receive_id, 255);
    settings.level_send_id = extension_id("level_send_id", stream.level_send_id, wire::kMaxOneByteId);
    settings.dtmf_clock_hz = in_range("dtmf_clock_hz", stream.dtmf_clock_hz, 1000, 384000);
    settings.cname = stream.cname;
    return settings;
}

session::VideoSettings checked(const VideoStream& stream, bool v6) {
    session::VideoSettings settings;
    settings.link = link(stream, v6);
    settings.sending = stream.sending;
    settings.receiving = stream.receiving;
    settings.send = {payload_type("send_payload_type", stream.send_payload_type),
                     video_codec("send_codec", stream.send_codec)};
    settings.mode = static_cast<payload::H264Mode>(in_range("packetization_mode", stream.packetization_mode, 0, 1));
    for (const auto& [type, name] : stream.receive) {
        settings.receive.push_back({payload_type("receive", type), video_codec("receive", name)});
    }
    settings.nack = stream.nack;
    settings.pli = stream.pli;
    settings.fir = stream.fir;
    settings.tmmbr = stream.tmmbr;
    settings.remb = stream.remb;
    settings.max_payload_bytes =
        static_cast<std::size_t>(in_range("max_payload_bytes", stream.max_payload_bytes, 64, 1460));
    settings.pacing_bps = in_range("pacing_bps", stream.pacing_bps, 0, 1'000'000'000);
    settings.cname = stream.cname;
    return settings;
}

namespace {

// The fields that both kinds have.
template <typename Face>
void bind_common(nb::class_<Face>& face) {
    face.def(nb::init<>())
        .def_rw("remote_rtp", &Face::remote_rtp)
        .def_rw("remote_rtcp", &Face::remote_rtcp)
        .def_rw("rtcp_mux", &Face::rtcp_mux)
        .def_rw("sending", &Face::sending)
        .def_rw("receiving", &Face::receiving)
        .def_rw("send_codec", &Face::send_codec)
        .def_rw("send_payload_type", &Face::send_payload_type)
        .def_rw("receive", &Face::receive)
        .def_rw("srtp_send", &Face::srtp_send, nb::arg().none())
        .def_rw("srtp_receive", &Face::srtp_receive, nb::arg().none())
        .def_rw("cname", &Face::cname);
}

}  // namespace

void bind_streams(nb::module_& m) {
    nb::class_<engine::TransportInfo>(m, "Transport")
        .def_ro("id", &engine::TransportInfo::id)
        .def_ro("rtp_port", &engine::TransportInfo::rtp_port)
        .def_ro("rtcp_port", &engine::TransportInfo::rtcp_port);

    nb::class_<AudioStream> audio(m, "AudioStream");
    bind_common(audio);
    audio.def_rw("packet_time_ms", &AudioStream::packet_time_ms)
        .def_rw("dtmf_send_payload_type", &AudioStream::dtmf_send_payload_type)
        .def_rw("dtmf_receive_payload_types", &AudioStream::dtmf_receive_payload_types)
        .def_rw("dtmf_clock_hz", &AudioStream::dtmf_clock_hz)
        .def_rw("opus_fec", &AudioStream::opus_fec)
        .def_rw("opus_dtx", &AudioStream::opus_dtx)
        .def_rw("opus_bitrate_bps", &AudioStream::opus_bitrate_bps)
        .def_rw("level_receive_id", &AudioStream::level_receive_id)
        .def_rw("level_send_id", &AudioStream::level_send_id)
        .def_rw("room", &AudioStream::room);

    nb::class_<VideoStream> video(m, "VideoStream");
    bind_common(video);
    video.def_rw("packetization_mode", &VideoStream::packetization_mode)
        .def_rw("nack", &VideoStream::nack)
        .def_rw("pli", &VideoStream::pli)
        .def_rw("fir", &VideoStream::fir)
        .def_rw("tmmbr", &VideoStream::tmmbr)
        .def_rw("remb", &VideoStream::remb)
        .def_rw("max_payload_bytes", &VideoStream::max_payload_bytes)
        .def_rw("pacing_bps", &VideoStream::pacing_bps);
}

}  // namespace cms::bindings
