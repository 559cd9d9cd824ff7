// cms_media.native._core: the typed door of cms_media/native/_core.pyi.
#include "bindings/faces.hpp"

NB_MODULE(_core, m) {
    cms::bindings::bind_streams(m);
    cms::bindings::bind_events(m);
    cms::bindings::bind_engine(m);
    cms::bindings::bind_slot_ring(m);
    cms::bindings::bind_encoder(m);
    nanobind::module_ video = m.def_submodule("video");
    bind_video(video);
}
