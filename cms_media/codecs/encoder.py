"""Video encoding: real time, one thread, no look-ahead, key frames only when wished."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple, Protocol

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from cms_media.base.errors import ResourceError
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec, EncoderLibrary
from cms_media.native import H264Encoder, MacroblockMap, PictureEncoder, Vp8Encoder

MAX_SLICE_BYTES = 1200
"""Short H.264 slices end here, so each fits a packet. A tenth of the time of an encode, so only where needed."""

RATE_BUFFER_S = 0.5
"""Depth of the rate control's buffer: bounds a key frame to about this much of the bit rate."""

QUALITY = 24
"""x264's constant rate factor. Below the rate cap nothing is spent beyond it: noise is not worth bits."""

_KEY_FRAME_INTERVAL = 100_000
"""In frames: practically never by itself. A receiver that needs a key frame asks."""


class H264Profile(StrEnum):
    """What the peer's profile-level-id lets us use (RFC 6184 section 8.1)."""

    BASELINE = "baseline"
    MAIN = "main"
    HIGH = "high"

    @classmethod
    def from_profile_level_id(cls, profile_level_id: int) -> "H264Profile":
        """By profile_idc: 0x42 is (constrained) baseline, 0x4D main, 0x64 high; else the least."""
        return {0x4D: cls.MAIN, 0x64: cls.HIGH}.get(profile_level_id >> 16, cls.BASELINE)


@dataclass(frozen=True, slots=True)
class EncoderFormat:
    """What comes out of an encoder. Sizes must be even."""

    codec: Codec
    width_px: int
    height_px: int
    fps: int = 30
    bitrate_bps: int = 1_000_000
    """A cap: quiet pictures take less."""
    profile: H264Profile = H264Profile.BASELINE
    """H.264 only."""
    short_slices: bool = False
    """H.264 only: no slice is above MAX_SLICE_BYTES, for a peer that takes no NAL unit in parts (RFC 6184 mode 0)."""


class EncodedPicture(NamedTuple):
    """An access unit: H.264 as Annex B with parameter sets at key frames, VP8 as a bare frame.

    No data where the rate has no room for the picture: the one before stays.
    """

    data: bytes
    key_frame: bool


_chosen = dict.fromkeys((Codec.H264, Codec.VP8), EncoderLibrary.NATIVE)


def choose_library(codec: Codec, library: EncoderLibrary) -> None:
    """For all encoders of this codec and process that are made from now on."""
    _chosen[codec] = library


class VideoEncoder:
    """Encodes pictures of one size: by the native encoder where there is one, else through PyAV."""

    def __init__(
        self, output: EncoderFormat, quick: bool = False, library: EncoderLibrary | None = None
    ) -> None:
        """`quick` saves a quarter of the time for 0.5 dB, of VP8's a tenth to a fifth.

        `library` None is the one chosen for the process.

        Raises ResourceError when the codec is not video or the encoder refuses the format.
        """
        if output.codec not in _OPENERS:
            raise ResourceError(f"no video encoder for {output.codec}")
        self.format = output
        native = (library or _chosen[output.codec]) is EncoderLibrary.NATIVE
        encoder = _native(output, quick) if native else None
        self._coder: _Coder = _PyAv(output, quick) if encoder is None else _Native(encoder)

    def encode(
        self,
        picture: Picture,
        key_frame: bool = False,
        changed: MacroblockMap | None = None,
        elapsed_s: float | None = None,
    ) -> EncodedPicture:
        """Encodes the next picture, `elapsed_s` after the one before (None: one frame time; PyAV takes it so anyway).

        `changed`: the only macroblocks that may differ from the picture given before; None is all of it. Raises
        ValueError for a picture of another size (the library would silently rescale it) and for a map of another
        size, ResourceError when the encoder fails.
        """
        if (picture.width_px, picture.height_px) != (self.format.width_px, self.format.height_px):
            raise ValueError(f"picture is {picture.width_px}x{picture.height_px}, encoder {self.format}")
        if changed is not None and (changed.width_px, changed.height_px) != (
            picture.width_px,
            picture.height_px,
        ):
            raise ValueError(f"changed is of {changed.width_px}x{changed.height_px}, encoder {self.format}")
        return self._coder.encode(
            picture, key_frame, changed, 1 / self.format.fps if elapsed_s is None else elapsed_s
        )

    def set_bitrate(self, bitrate_bps: int) -> None:
        """A new cap. The native encoders go on; through PyAV the next picture is a key frame."""
        if bitrate_bps != self.format.bitrate_bps:
            self.format = replace(self.format, bitrate_bps=bitrate_bps)
            self._coder.set_bitrate(bitrate_bps)

    def set_quick(self, quick: bool) -> None:
        """Quick from the next picture on, thorough from the next key frame on; PyAV from the next new rate on."""
        self._coder.set_quick(quick)


class _Coder(Protocol):
    def encode(
        self, picture: Picture, key_frame: bool, changed: MacroblockMap | None, elapsed_s: float
    ) -> EncodedPicture: ...

    def set_bitrate(self, bitrate_bps: int) -> None: ...

    def set_quick(self, quick: bool) -> None: ...


class _Native:
    """libx264 or libvpx with our own rate control."""

    def __init__(self, encoder: PictureEncoder) -> None:
        self._encoder = encoder

    def encode(
        self, picture: Picture, key_frame: bool, changed: MacroblockMap | None, elapsed_s: float
    ) -> EncodedPicture:
        try:
            data, is_key_frame, _ = self._encoder.encode(picture.planes, key_frame, changed, elapsed_s)
        except RuntimeError as error:
            raise ResourceError(f"video encoder failed: {error}") from error
        return EncodedPicture(data, is_key_frame)

    def set_bitrate(self, bitrate_bps: int) -> None:
        self._encoder.set_bitrate(bitrate_bps)

    def set_quick(self, quick: bool) -> None:
        self._encoder.set_quick(quick)


def _native(output: EncoderFormat, quick: bool) -> PictureEncoder | None:
    """None where it was not built. Raises ResourceError when it does not open."""
    what = output.width_px, output.height_px, output.fps, output.bitrate_bps
    try:
        if output.codec is Codec.H264 and H264Encoder is not None:
            return H264Encoder(*what, output.profile.value, output.short_slices, quick)
        if output.codec is Codec.VP8 and Vp8Encoder is not None:
            return Vp8Encoder(*what, quick)
    except (ValueError, RuntimeError) as error:
        raise ResourceError(f"video encoder does not open: {error}") from error
    return None


class _PyAv:
    """FFmpeg's encoders. Neither changes a capped quality on the fly: a new rate opens one anew."""

    def __init__(self, output: EncoderFormat, quick: bool) -> None:
        self._format = output
        self._quick = quick
        self._frames = 0
        self._context = _open(output, quick)

    def encode(
        self, picture: Picture, key_frame: bool, changed: MacroblockMap | None, elapsed_s: float
    ) -> EncodedPicture:
        frame = picture.frame
        frame.pict_type = PictureType.I if key_frame else PictureType.NONE
        frame.pts = self._frames
        frame.time_base = Fraction(1, self._format.fps)
        self._frames += 1
        try:
            packets = self._context.encode(frame)
        except av.FFmpegError as error:
            raise ResourceError(f"video encoder failed: {error}") from error
        return EncodedPicture(b"".join(map(bytes, packets)), any(p.is_keyframe for p in packets))

    def set_bitrate(self, bitrate_bps: int) -> None:
        self._format = replace(self._format, bitrate_bps=bitrate_bps)
        self._context = _open(self._format, self._quick)

    def set_quick(self, quick: bool) -> None:
        self._quick = quick


def _open(output: EncoderFormat, quick: bool) -> VideoCodecContext:
    name, options = _OPENERS[output.codec](output, quick)
    context = VideoCodecContext.create(name, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height = output.width_px, output.height_px
    context.pix_fmt = "yuv420p"
    context.framerate = Fraction(output.fps)
    context.time_base = Fraction(1, output.fps)
    context.gop_size = _KEY_FRAME_INTERVAL
    context.max_b_frames = 0
    context.thread_count = 1
    context.options = options
    try:
        context.open()
    except av.FFmpegError as error:
        raise ResourceError(f"video encoder does not open: {error}") from error
    return context


def _h264(output: EncoderFormat, quick: bool) -> tuple[str, dict[str, str]]:
    """Superfast with adaptive quantisation off beats veryfast on camera pictures at half its cost."""
    parameters = "scenecut=0:weightp=0:aq-mode=0"
    if output.short_slices:
        parameters += f":slice-max-size={MAX_SLICE_BYTES}"
    if quick:
        parameters += ":subme=0"
    return "libx264", {
        "preset": "superfast",
        "tune": "zerolatency",
        "profile": output.profile.value,
        "forced-idr": "1",
        "crf": str(QUALITY),
        "maxrate": str(output.bitrate_bps),
        "bufsize": str(int(output.bitrate_bps * RATE_BUFFER_S)),
        "x264-params": parameters,
    }


def _vp8(output: EncoderFormat, quick: bool) -> tuple[str, dict[str, str]]:
    rate = str(output.bitrate_bps)
    return "libvpx", {
        "deadline": "realtime",
        "cpu-used": "16" if quick else "12",
        "lag-in-frames": "0",
        "auto-alt-ref": "0",
        "b": rate,
        "minrate": rate,
        "maxrate": rate,
        "bufsize": str(int(output.bitrate_bps * RATE_BUFFER_S)),
        "qmin": "8",
        "qmax": "56",
        "max-intra-rate": "600",
        "static-thresh": "100",
    }


_OPENERS: dict[Codec, Callable[[EncoderFormat, bool], tuple[str, dict[str, str]]]] = {
    Codec.H264: _h264,
    Codec.VP8: _vp8,
}
