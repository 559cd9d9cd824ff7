"""The bare codec that costs are compared with: libx264 as PyAV has it, with settings that never change.

Not the bridge's encoder: that one gets better, and the yardstick must not move with it. The settings are those that did
best per CPU second when the library was first measured for a private 720p30 picture on one thread.
"""

import time
from collections.abc import Iterable, Sequence
from fractions import Fraction

from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.encoder import EncodedPicture
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec

_OPTIONS = {
    "preset": "superfast",
    "tune": "zerolatency",
    "profile": "baseline",
    "crf": "24",
    "x264-params": "scenecut=0:weightp=0:aq-mode=0:slice-max-size=1200",
}
_BUFFER_S = 0.5
_KEY_FRAME_INTERVAL = 100_000
"""In frames: only the first picture is a key frame."""


class YardstickEncoder:
    """H.264, baseline profile, constant quality under a cap of the rate."""

    def __init__(self, width_px: int, height_px: int, fps: int, bitrate_bps: int) -> None:
        """Sizes must be even."""
        context = VideoCodecContext.create("libx264", "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height = width_px, height_px
        context.pix_fmt = "yuv420p"
        context.framerate, context.time_base = Fraction(fps), Fraction(1, fps)
        context.gop_size = _KEY_FRAME_INTERVAL
        context.max_b_frames = 0
        context.thread_count = 1
        context.options = _OPTIONS | {
            "maxrate": str(bitrate_bps),
            "bufsize": str(int(bitrate_bps * _BUFFER_S)),
        }
        context.open()
        self._context = context
        self._frames = 0

    def encode(self, picture: Picture) -> EncodedPicture:
        """The next picture."""
        frame = picture.frame
        frame.pict_type = PictureType.NONE
        frame.pts, frame.time_base = self._frames, self._context.time_base
        self._frames += 1
        packets = self._context.encode(frame)
        return EncodedPicture(b"".join(map(bytes, packets)), any(packet.is_keyframe for packet in packets))


def decode_cost_ms(units: Sequence[bytes]) -> float:
    """CPU milliseconds of this process per access unit, decoded on one thread."""
    decoder = VideoDecoder(Codec.H264)
    began_s = time.process_time()
    for unit in units:
        decoder.decode(unit)
    return 1000 * (time.process_time() - began_s) / len(units)


def encode_cost_ms(pictures: Iterable[Picture], fps: int, bitrate_bps: int) -> float:
    """CPU milliseconds of this process per picture, encoded on one thread. All have the size of the first."""
    encoder: YardstickEncoder | None = None
    spent_s, count = 0.0, 0
    for picture in pictures:
        encoder = encoder or YardstickEncoder(picture.width_px, picture.height_px, fps, bitrate_bps)
        began_s = time.process_time()
        encoder.encode(picture)
        spent_s += time.process_time() - began_s
        count += 1
    return 1000 * spent_s / max(1, count)
