"""The peer's m-line turned into a plan: all of it that the peer's description decides."""

from collections.abc import Mapping
from dataclasses import dataclass

from cms_media.base.types import MediaKind
from cms_media.codecs.table import Codec
from cms_media.sdp import h264
from cms_media.sdp.bandwidth import peer_bitrate_bps
from cms_media.sdp.capabilities import Capabilities
from cms_media.sdp.description import MediaDescription, SessionDescription
from cms_media.sdp.formats import OfferedFormat, event_for, events_of
from cms_media.sdp.level import level_id
from cms_media.sdp.plan import Feedback, PayloadFormat, StreamPlan, VideoLimits
from cms_media.sdp.remote import RemoteTransport
from cms_media.sdp.scan import number

MAX_OPUS_BITRATE_BPS = 510_000
"""RFC 7587 section 6.1."""
MIN_OPUS_BITRATE_BPS = 6_000
MAX_PACKET_TIME_MS = 60
"""Longer packets only add delay; three ticks."""
_MAX_FRAME_RATE = 240
_MAX_FRAME_SIZE_MB = 2**20


@dataclass(frozen=True, slots=True)
class PeerStream:
    """A peer's m-line and what was chosen of it."""

    description: SessionDescription
    line: MediaDescription
    remote: RemoteTransport
    mux: bool
    send: OfferedFormat
    """The chosen format under the peer's number."""
    own_level: h264.Level = h264.LEVELS[-1]
    """H.264 only: the level that we describe ourselves with."""

    @property
    def takes(self) -> bool:
        """The peer wants to receive, is not holding, and has bandwidth for it."""
        direction = self.description.direction_of(self.line)
        return direction.receives and not self.remote.held and self._bitrate_bps(1) > 0

    def feedback(self, capabilities: Capabilities) -> frozenset[Feedback]:
        """What both sides understand."""
        said = {kind for text in self.line.feedback(self.send.payload_type) for kind in _kinds(text)}
        return frozenset(kind for kind in capabilities.feedback if kind.value in said)

    def plan(self, kind: MediaKind, capabilities: Capabilities) -> StreamPlan:
        """Without transport index, what we receive, and keys: those are for the caller to fill in."""
        event = event_for(self.send.codec, events_of(self.line)) if kind is MediaKind.AUDIO else None
        parameters = self.send.parameters
        level = level_id(self.line, mixes=capabilities.mixes) if kind is MediaKind.AUDIO else None
        return StreamPlan(
            index=0,
            kind=kind,
            sending=self.takes,
            receiving=self.description.direction_of(self.line).sends,
            remote_rtp=self.remote.rtp,
            remote_rtcp=self.remote.rtcp,
            rtcp_mux=self.mux,
            send=payload_format(self.send),
            receive=(),
            telephone_event_send=event.payload_type if event else None,
            telephone_event_clock_hz=event.clock_hz if event else 8000,
            packet_time_ms=packet_time_ms(self.line, capabilities.packet_time_ms),
            feedback=self.feedback(capabilities),
            limits=self._limits(capabilities.video_send) if kind is MediaKind.VIDEO else VideoLimits(),
            opus_fec=parameters.get("useinbandfec") == "1",
            opus_dtx=parameters.get("usedtx") == "1",
            opus_max_bitrate_bps=self._opus_bitrate_bps(),
            level_receive_id=level if capabilities.mixes else None,
            level_send_id=None if capabilities.mixes else level,
            content=self.line.content or "main",
        )

    def _bitrate_bps(self, default_bps: int) -> int:
        return peer_bitrate_bps(self.description, self.line, default_bps)

    def _limits(self, ours: VideoLimits) -> VideoLimits:
        theirs = self._codec_limits(ours)
        bitrate_bps = min(theirs.bitrate_bps, ours.bitrate_bps)
        return VideoLimits(
            frame_size_mb=min(theirs.frame_size_mb, ours.frame_size_mb),
            macroblocks_per_s=min(theirs.macroblocks_per_s, ours.macroblocks_per_s),
            bitrate_bps=self._bitrate_bps(bitrate_bps),
        )

    def _codec_limits(self, ours: VideoLimits) -> VideoLimits:
        if self.send.profile_level:
            return h264.peer_limits(self.send.profile_level, self.send.parameters, self.own_level)
        return _vp8_limits(self.send.parameters, ours)

    def _opus_bitrate_bps(self) -> int:
        told = number(self.send.parameters.get("maxaveragebitrate", ""), MAX_OPUS_BITRATE_BPS)
        return max(self._bitrate_bps(told or MAX_OPUS_BITRATE_BPS), MIN_OPUS_BITRATE_BPS)


def payload_format(offered: OfferedFormat) -> PayloadFormat:
    """As the media plane knows it."""
    if offered.profile_level is None:
        return PayloadFormat(offered.codec, offered.payload_type)
    profile_level_id = offered.profile_level.value
    return PayloadFormat(Codec.H264, offered.payload_type, offered.packetization_mode, profile_level_id)


def packet_time_ms(line: MediaDescription, tick_ms: int) -> int:
    """What the peer likes, in whole ticks of ours, at least one and within its maxptime."""
    wish_ms = min(line.ptime_ms or tick_ms, line.maxptime_ms or MAX_PACKET_TIME_MS, MAX_PACKET_TIME_MS)
    return max(wish_ms // tick_ms, 1) * tick_ms


def _kinds(text: str) -> list[str]:
    """`nack pli` is one kind; `ccm tmmbr smaxpr=120` has a parameter, `ccm fir tmmbr` are two at once."""
    first, *rest = text.split()
    return [f"{first} {word}" for word in rest] or [first]


def _vp8_limits(parameters: Mapping[str, str], ours: VideoLimits) -> VideoLimits:
    """RFC 7741 section 6.1: max-fs in macroblocks, max-fr in frames per second; absent means no limit."""
    frame_size_mb = number(parameters.get("max-fs", ""), _MAX_FRAME_SIZE_MB) or ours.frame_size_mb
    frame_rate = number(parameters.get("max-fr", ""), _MAX_FRAME_RATE)
    per_s = frame_size_mb * frame_rate if frame_rate else ours.macroblocks_per_s
    return VideoLimits(frame_size_mb, per_s, ours.bitrate_bps)
