"""What we are able and willing to negotiate: the same for all legs of one configuration."""

from dataclasses import dataclass
from enum import StrEnum

from cms_media.base.types import MediaKind
from cms_media.codecs.table import Codec
from cms_media.sdp import h264
from cms_media.sdp.plan import Feedback, SrtpSuite, VideoLimits

HD_30 = VideoLimits(frame_size_mb=3600, macroblocks_per_s=108_000, bitrate_bps=2_000_000)
"""1280x720 at 30 frames per second."""


class Encryption(StrEnum):
    """Whether media is encrypted."""

    ALLOWED = "allowed"
    """Encrypted with whoever can."""
    REQUIRED = "required"
    """Nobody joins in the clear."""
    OFF = "off"
    """Never encrypted."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Codecs in our order of preference, limits, security."""

    audio_codecs: tuple[Codec, ...] = (Codec.OPUS, Codec.G722, Codec.PCMA, Codec.PCMU)
    video_codecs: tuple[Codec, ...] = (Codec.H264, Codec.VP8)
    """Empty: video is declined and not offered."""
    video_receive: VideoLimits = HD_30
    """What we decode at most; announced to the peer."""
    wants_no_more: bool = False
    """`video_receive` is not what we could take but what we want: no H.264 level is named that allows more."""
    video_send: VideoLimits = HD_30
    """What we encode at most."""
    encryption: Encryption = Encryption.ALLOWED
    best_effort_srtp: bool = True
    """Take and offer a=crypto under the profile RTP/AVP, so that a peer without SRTP can still answer."""
    srtp_suites: tuple[SrtpSuite, ...] = (
        SrtpSuite.AEAD_AES_256_GCM,
        SrtpSuite.AEAD_AES_128_GCM,
        SrtpSuite.AES_CM_128_HMAC_SHA1_80,
        SrtpSuite.AES_CM_128_HMAC_SHA1_32,
    )
    """In the order of our offers; of a peer's offer its own order counts (RFC 4568 section 5.1.2)."""
    feedback: frozenset[Feedback] = frozenset(Feedback)
    mixes: bool = True
    """We are the mixer, and are told how loud packets of audio are (RFC 6464); False: a client, which tells."""
    rtcp_mux: bool = True
    packet_time_ms: int = 20
    """What we like to receive; the mixer's tick."""

    @property
    def kinds(self) -> tuple[MediaKind, ...]:
        """Kinds of m-lines that our offers have, in their order."""
        audio = (MediaKind.AUDIO,) if self.audio_codecs else ()
        return (*audio, MediaKind.VIDEO) if self.video_codecs else audio

    @property
    def receive_level(self) -> h264.Level:
        """The H.264 level that we describe ourselves with."""
        level = h264.level_within if self.wants_no_more else h264.level_for
        return level(self.video_receive)

    def codecs(self, kind: MediaKind) -> tuple[Codec, ...]:
        """The codecs of one kind in our order."""
        return self.audio_codecs if kind is MediaKind.AUDIO else self.video_codecs
