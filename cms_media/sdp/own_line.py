"""How our own m-lines are written, in offers and answers alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cms_media.base.types import MediaKind
from cms_media.codecs.table import CODECS, Codec
from cms_media.sdp.attributes import Attribute, Crypto, Direction, Extmap, Fmtp, RtcpFeedback, Rtpmap
from cms_media.sdp.bandwidth import own_bandwidths
from cms_media.sdp.capabilities import Capabilities
from cms_media.sdp.formats import TELEPHONE_EVENT
from cms_media.sdp.local import OpenedTransport, transport_attributes
from cms_media.sdp.media_description import MediaDescription
from cms_media.sdp.plan import Feedback, VideoLimits

_EVENTS = "0-15"
"""0-9, *, #, A-D (RFC 4733 section 3.2)."""


@dataclass(frozen=True, slots=True)
class OwnFormat:
    """A payload type as we describe it."""

    rtpmap: Rtpmap
    fmtp: str = ""
    feedback: frozenset[Feedback] = frozenset()

    def attributes(self) -> tuple[Attribute, ...]:
        """rtpmap, fmtp and rtcp-fb lines."""
        payload_type = self.rtpmap.payload_type
        fmtp = (Attribute("fmtp", str(Fmtp(payload_type, self.fmtp))),) if self.fmtp else ()
        feedback = tuple(
            Attribute("rtcp-fb", str(RtcpFeedback(payload_type, kind.value)))
            for kind in Feedback
            if kind in self.feedback
        )
        return (Attribute("rtpmap", str(self.rtpmap)), *fmtp, *feedback)


@dataclass(frozen=True, slots=True)
class OwnLine:
    """What an m-line of ours says besides its ports."""

    kind: MediaKind
    protocol: str
    formats: Sequence[OwnFormat]
    direction: Direction
    mux: bool
    cryptos: tuple[Crypto, ...] = ()
    extmaps: tuple[Extmap, ...] = ()
    content: str | None = None

    def described(self, transport: OpenedTransport, capabilities: Capabilities) -> MediaDescription:
        """As an m-line on the ports of a transport."""
        video = self.kind is MediaKind.VIDEO
        return MediaDescription(
            media=self.kind.value,
            port=transport.rtp_port,
            protocol=self.protocol,
            formats=tuple(str(item.rtpmap.payload_type) for item in self.formats),
            bandwidths=own_bandwidths(capabilities.video_receive.bitrate_bps) if video else (),
            attributes=(
                *(attribute for item in self.formats for attribute in item.attributes()),
                *(() if video else (Attribute("ptime", str(capabilities.packet_time_ms)),)),
                *(Attribute("extmap", str(extmap)) for extmap in self.extmaps),
                *transport_attributes(transport, mux=self.mux),
                *(Attribute("crypto", str(crypto)) for crypto in self.cryptos),
                *(() if self.content is None else (Attribute("content", self.content),)),
                Attribute(self.direction.value),
            ),
        )


def audio_format(codec: Codec, payload_type: int) -> OwnFormat:
    """An audio codec under a payload type."""
    # In-band FEC: we make use of it when it comes (RFC 7587 section 6.1).
    return OwnFormat(_rtpmap(codec, payload_type), "useinbandfec=1" if codec is Codec.OPUS else "")


def event_format(payload_type: int, clock_hz: int) -> OwnFormat:
    """telephone-event under a payload type."""
    return OwnFormat(Rtpmap(payload_type, TELEPHONE_EVENT, clock_hz), _EVENTS)


def video_format(codec: Codec, payload_type: int, fmtp: str, feedback: Iterable[Feedback]) -> OwnFormat:
    """A video codec under a payload type."""
    return OwnFormat(_rtpmap(codec, payload_type), fmtp, frozenset(feedback))


def vp8_parameters(receive: VideoLimits) -> str:
    """fmtp of VP8 (RFC 7741 section 6.1): macroblocks per frame, and frames per second of such frames."""
    return f"max-fr={receive.macroblocks_per_s // receive.frame_size_mb};max-fs={receive.frame_size_mb}"


def declined(line: MediaDescription) -> MediaDescription:
    """Port 0, all else of the m-line as the other side has it (RFC 3264 section 6)."""
    return MediaDescription(line.media, 0, line.protocol, line.formats)


def _rtpmap(codec: Codec, payload_type: int) -> Rtpmap:
    info = CODECS[codec]
    return Rtpmap(payload_type, codec.value, info.rtp_clock_rate_hz, info.sdp_channels)
