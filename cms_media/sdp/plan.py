"""What was negotiated for one m-line, as the media plane needs it: no SDP syntax left.

Produced by `negotiation`, consumed by `media` and `endpoint`. Everything is seen from our side: `send` is
what we may send, numbered as the peer wants it; `receive` is what may come in, numbered as we offered or
answered.
"""

from dataclasses import dataclass
from enum import StrEnum

from cms_media.base.types import MediaKind, SocketAddress
from cms_media.codecs.table import Codec


class SrtpSuite(StrEnum):
    """Crypto suites by their SDES name (RFC 4568, RFC 7714)."""

    AES_CM_128_HMAC_SHA1_80 = "AES_CM_128_HMAC_SHA1_80"
    AES_CM_128_HMAC_SHA1_32 = "AES_CM_128_HMAC_SHA1_32"
    AEAD_AES_128_GCM = "AEAD_AES_128_GCM"
    AEAD_AES_256_GCM = "AEAD_AES_256_GCM"


@dataclass(frozen=True, slots=True)
class SrtpKey:
    """One direction's master key and salt, concatenated as in SDES inline: 30, 28 or 44 bytes."""

    suite: SrtpSuite
    key_and_salt: bytes

    def __repr__(self) -> str:
        return f"SrtpKey({self.suite.value}, ...)"


class Feedback(StrEnum):
    """RTCP feedback that the peer said it understands (RFC 4585, RFC 5104)."""

    NACK = "nack"
    PLI = "nack pli"
    FIR = "ccm fir"
    TMMBR = "ccm tmmbr"
    REMB = "goog-remb"


@dataclass(frozen=True, slots=True)
class PayloadFormat:
    """A codec under the payload type it has in this stream."""

    codec: Codec
    payload_type: int
    packetization_mode: int = 0
    """H.264 only: 0 single NAL unit, 1 non-interleaved (RFC 6184 section 6)."""
    profile_level_id: int = 0x42E01F
    """H.264 only."""


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """The most that a receiver takes; from level, max-fs, max-mbps, max-br and b= lines.

    frame_size_mb is in macroblocks (16x16), macroblocks_per_s likewise.
    """

    frame_size_mb: int = 3600
    macroblocks_per_s: int = 108_000
    bitrate_bps: int = 2_000_000


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """One active m-line. A declined or inactive-and-portless m-line has no plan."""

    index: int
    """Which of the leg's transports it runs on, counted in the order opened."""
    kind: MediaKind
    sending: bool
    receiving: bool
    remote_rtp: SocketAddress
    """Host 0.0.0.0 or :: is a hold in the way of RFC 2543: nothing may be sent there, RTCP neither."""
    remote_rtcp: SocketAddress
    rtcp_mux: bool
    send: PayloadFormat
    receive: tuple[PayloadFormat, ...]
    telephone_event_send: int | None = None
    """Payload type for DTMF towards the peer (RFC 4733), None when it takes none."""
    telephone_event_receive: tuple[int, ...] = ()
    telephone_event_clock_hz: int = 8000
    packet_time_ms: int = 20
    srtp_send: SrtpKey | None = None
    srtp_receive: SrtpKey | None = None
    feedback: frozenset[Feedback] = frozenset()
    limits: VideoLimits = VideoLimits()
    opus_fec: bool = True
    opus_dtx: bool = False
    opus_max_bitrate_bps: int = 510_000
    """The most that the peer takes (maxaveragebitrate and b= lines); 510 kbit/s is Opus' own end."""
    level_receive_id: int | None = None
    """Of the header extension in which the peer tells how loud its packets are (RFC 6464); None: it does not."""
    level_send_id: int | None = None
    """Of the one in which we tell the peer."""
    content: str = "main"
    """RFC 4796 content attribute; anything but `main` is a second video channel."""
