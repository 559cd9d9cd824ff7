"""What the payload types of an m-line mean: codecs we know, with their parameters, and telephone-events."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cms_media.base.types import MediaKind
from cms_media.codecs.table import CODECS, Codec
from cms_media.sdp.attributes import Rtpmap
from cms_media.sdp.h264 import Profile, ProfileLevel
from cms_media.sdp.media_description import MediaDescription
from cms_media.sdp.scan import number

TELEPHONE_EVENT = "telephone-event"
MAX_PACKETIZATION_MODE = 1
"""Interleaved mode 2 is used by nobody in conversation: it adds delay on purpose (RFC 6184 section 5.4)."""
_BY_NAME = {codec.value.lower(): codec for codec in Codec}
_STATIC = {
    info.static_payload_type: Rtpmap(info.static_payload_type, codec.value, info.rtp_clock_rate_hz)
    for codec, info in CODECS.items()
    if info.static_payload_type is not None
}
_PROFILE_ORDER = list(Profile)


@dataclass(frozen=True, slots=True)
class OfferedFormat:
    """One payload type of a peer's (or our own) m-line that carries a codec we know."""

    codec: Codec
    payload_type: int
    parameters: Mapping[str, str]
    """fmtp, by lower-case name."""
    packetization_mode: int = 0
    profile_level: ProfileLevel | None = None
    """H.264 only, and always there."""

    @property
    def rank(self) -> tuple[int, int]:
        """Among formats of one codec the lowest is preferred: fragmentation units first, then the profile."""
        profile = _PROFILE_ORDER.index(self.profile_level.profile) if self.profile_level else 0
        return -self.packetization_mode, profile

    def same_stream(self, other: "OfferedFormat") -> bool:
        """What an answer must keep of an offer's format (RFC 6184 section 8.2.2).

        The profile is not compared: peers answer with their own spelling of it, and we decode them all.
        """
        return (self.codec, self.packetization_mode) == (other.codec, other.packetization_mode)


@dataclass(frozen=True, slots=True)
class EventFormat:
    """telephone-event under a payload type (RFC 4733)."""

    payload_type: int
    clock_hz: int


def formats_of(line: MediaDescription) -> tuple[OfferedFormat, ...]:
    """Formats of known codecs of the m-line's kind, in the line's order."""
    fmtps = line.fmtps
    found = []
    for rtpmap in _rtpmaps(line):
        codec = _codec(rtpmap)
        if codec and CODECS[codec].kind == line.media:
            fmtp = fmtps.get(rtpmap.payload_type)
            found.append(_format(codec, rtpmap.payload_type, fmtp.parameters if fmtp else {}))
    return tuple(item for item in found if item)


def events_of(line: MediaDescription) -> tuple[EventFormat, ...]:
    """All telephone-event formats in the line's order."""
    return tuple(
        EventFormat(rtpmap.payload_type, rtpmap.clock_rate_hz)
        for rtpmap in _rtpmaps(line)
        if rtpmap.encoding.lower() == TELEPHONE_EVENT
    )


def event_for(codec: Codec, events: tuple[EventFormat, ...]) -> EventFormat | None:
    """The event format on the codec's own clock (RFC 4733 section 2.1), else the first.

    Many endpoints offer 8000 Hz events beside opus only.
    """
    clock_hz = CODECS[codec].rtp_clock_rate_hz
    return next((event for event in events if event.clock_hz == clock_hz), events[0] if events else None)


def best_of(formats: tuple[OfferedFormat, ...], order: tuple[Codec, ...]) -> OfferedFormat | None:
    """The format of the earliest codec in `order`, of several such the best ranked."""
    for codec in order:
        candidates = [item for item in formats if item.codec is codec]
        if candidates:
            return min(candidates, key=lambda item: item.rank)
    return None


def _rtpmaps(line: MediaDescription) -> Iterator[Rtpmap]:
    """Per payload type; static ones need no rtpmap, but one that is there counts."""
    mapped = line.rtpmaps
    for payload_type in line.payload_types:
        rtpmap = mapped.get(payload_type) or _STATIC.get(payload_type)
        if rtpmap:
            yield rtpmap


def _codec(rtpmap: Rtpmap) -> Codec | None:
    codec = _BY_NAME.get(rtpmap.encoding.lower())
    if codec is None:
        return None
    info = CODECS[codec]
    if codec is Codec.G722 and rtpmap.clock_rate_hz == info.sample_rate_hz and rtpmap.channels == 1:
        return codec  # 16000 is what RFC 3551 section 4.5.2 says not to write, and some do
    fits = (rtpmap.clock_rate_hz, rtpmap.channels) == (info.rtp_clock_rate_hz, info.sdp_channels)
    return codec if fits else None


def _format(codec: Codec, payload_type: int, parameters: Mapping[str, str]) -> OfferedFormat | None:
    if codec is not Codec.H264:
        return OfferedFormat(codec, payload_type, parameters)
    mode = number(parameters.get("packetization-mode", "0"), MAX_PACKETIZATION_MODE)
    profile_level = ProfileLevel.parse(parameters.get("profile-level-id"))
    if mode is None or profile_level is None:
        return None
    return OfferedFormat(codec, payload_type, parameters, mode, profile_level)


def kind_of(line: MediaDescription) -> MediaKind | None:
    """Audio or main video; None for every m-line that we have no use for."""
    if line.media == MediaKind.AUDIO:
        return MediaKind.AUDIO
    main = line.content in (None, "main", "speaker")
    return MediaKind.VIDEO if line.media == MediaKind.VIDEO and main else None
