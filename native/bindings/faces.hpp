// The parts of cms_media.native._core, each bound by its own file.
#pragma once

#include <nanobind/nanobind.h>

#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/engine.hpp"

namespace cms::bindings {

namespace nb = nanobind;

using HostPort = std::pair<std::string, int>;
using Format = std::pair<int, std::string>;  // payload type, codec

// The fields as Python writes them; nothing is checked before they are handed to the engine.
struct AudioStream {
    HostPort remote_rtp{"", 0};
    HostPort remote_rtcp{"", 0};
    bool rtcp_mux = false;
    bool sending = true;
    bool receiving = true;
    std::string send_codec = "PCMU";
    int send_payload_type = 0;
    std::vector<Format> receive;
    int packet_time_ms = 20;
    int dtmf_send_payload_type = -1;
    std::vector<int> dtmf_receive_payload_types;
    int dtmf_clock_hz = 8000;
    nb::object srtp_send = nb::none();
    nb::object srtp_receive = nb::none();
    bool opus_fec = false;
    bool opus_dtx = false;
    int opus_bitrate_bps = 48000;
    int level_receive_id = -1;
    int level_send_id = -1;
    std::string cname = "cms-media";
    int room = engine::kAlone;
};

struct VideoStream {
    HostPort remote_rtp{"", 0};
    HostPort remote_rtcp{"", 0};
    bool rtcp_mux = false;
    bool sending = true;
    bool receiving = true;
    std::string send_codec = "H264";
    int send_payload_type = 96;
    int packetization_mode = 1;
    std::vector<Format> receive;
    nb::object srtp_send = nb::none();
    nb::object srtp_receive = nb::none();
    bool nack = false;
    bool pli = false;
    bool fir = false;
    bool tmmbr = false;
    bool remb = false;
    int max_payload_bytes = 1200;
    int pacing_bps = 0;
    std::string cname = "cms-media";
};

// Throw std::invalid_argument naming the field. `v6`: the family of the transport's own address.
session::AudioSettings checked(const AudioStream& stream, bool v6);
session::VideoSettings checked(const VideoStream& stream, bool v6);

void bind_streams(nb::module_& m);
void bind_events(nb::module_& m);
void bind_engine(nb::module_& m);
void bind_encoder(nb::module_& m);
void bind_slot_ring(nb::module_& m);

// As OSError with its errno: nanobind would make a RuntimeError of it.
[[noreturn]] void raise_os_error(const std::system_error& error);

nb::object event_object(engine::Event& event);

}  // namespace cms::bindings

void bind_video(nanobind::module_& m);
