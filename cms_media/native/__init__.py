"""The typed door to the C++ core: one real-time thread for packets and audio, and kernels for pictures.

Role: everything that runs per packet or per sample. Who may import it: `media`, `endpoint`, `benchmarks`,
tests. Ownership: an `Engine` owns its thread; every method here may be called from one Python thread and returns
without waiting for the network. Nothing native ever calls Python.
"""

from cms_media.native import _core
from cms_media.native._core import (
    AccessUnit,
    AudioStream,
    Digit,
    Engine,
    KeyFrameRequest,
    PeerFault,
    PictureEncoder,
    SlotRing,
    StreamState,
    Transport,
    VideoStream,
    video,
)

MacroblockMap = video.MacroblockMap

H264Encoder: type[_core.H264Encoder] | None = getattr(_core, "H264Encoder", None)
"""None where it was built without libx264."""

Vp8Encoder: type[_core.Vp8Encoder] | None = getattr(_core, "Vp8Encoder", None)
"""None where it was built without libvpx."""

__all__ = [
    "AccessUnit",
    "AudioStream",
    "Digit",
    "Engine",
    "H264Encoder",
    "KeyFrameRequest",
    "MacroblockMap",
    "PeerFault",
    "PictureEncoder",
    "SlotRing",
    "StreamState",
    "Transport",
    "VideoStream",
    "Vp8Encoder",
    "video",
]
