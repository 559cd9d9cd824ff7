"""Which codecs exist, and what RTP and SDP need to know of each."""

from dataclasses import dataclass
from enum import StrEnum

from cms_media.base.types import MediaKind


class Codec(StrEnum):
    """A codec by its SDP encoding name (RFC 3551, RFC 7587, RFC 6184, RFC 7741)."""

    PCMU = "PCMU"
    PCMA = "PCMA"
    G722 = "G722"
    OPUS = "opus"
    H264 = "H264"
    VP8 = "VP8"


@dataclass(frozen=True, slots=True)
class CodecInfo:
    """Fixed facts: what SDP's rtpmap says and how the encoder is fed."""

    kind: MediaKind
    rtp_clock_rate_hz: int
    """The RTP timestamp clock. G.722 says 8000 although it samples at 16 kHz (RFC 3551 section 4.5.2)."""
    sample_rate_hz: int
    """Audio sampling rate inside the codec; 0 for video."""
    sdp_channels: int
    """Channels in rtpmap: opus is always 2 there (RFC 7587 section 7)."""
    static_payload_type: int | None


CODECS: dict[Codec, CodecInfo] = {
    Codec.PCMU: CodecInfo(MediaKind.AUDIO, 8000, 8000, 1, 0),
    Codec.PCMA: CodecInfo(MediaKind.AUDIO, 8000, 8000, 1, 8),
    Codec.G722: CodecInfo(MediaKind.AUDIO, 8000, 16000, 1, 9),
    Codec.OPUS: CodecInfo(MediaKind.AUDIO, 48000, 48000, 2, None),
    Codec.H264: CodecInfo(MediaKind.VIDEO, 90000, 0, 1, None),
    Codec.VP8: CodecInfo(MediaKind.VIDEO, 90000, 0, 1, None),
}


class EncoderLibrary(StrEnum):
    """What encodes a video codec."""

    NATIVE = "native"
    """libx264 or libvpx with our own rate control; where that was not built, as PYAV."""
    PYAV = "pyav"
    """libx264 or libvpx as PyAV brings it."""
