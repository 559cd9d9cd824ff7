"""One m-line with all that belongs to it, and typed access to its attributes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cms_media.sdp.attributes import (
    Attribute,
    Bandwidth,
    Connection,
    Crypto,
    Direction,
    Extmap,
    Fmtp,
    RtcpFeedback,
    RtcpPort,
    Rtpmap,
)
from cms_media.sdp.scan import is_token, number

MAX_FORMATS = 48
"""The most payload types seen from real endpoints is about 25; pjsip is built with the same 48."""
MAX_PTIME_MS = 1000

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class MediaDescription:
    """`m=<media> <port> <protocol> <formats>` and the lines under it (RFC 8866 section 5.14)."""

    media: str
    """audio, video, application ... in lower case."""
    port: int
    protocol: str
    """RTP/AVP, RTP/SAVPF, UDP/BFCP, udptl ... as the peer spells it: a declined line echoes it."""
    formats: tuple[str, ...]
    connection: Connection | None = None
    bandwidths: tuple[Bandwidth, ...] = ()
    attributes: tuple[Attribute, ...] = ()

    @property
    def payload_types(self) -> tuple[int, ...]:
        """Formats as RTP payload types, in the order of preference; what is none is left out."""
        found = (number(text, 127) for text in self.formats)
        return tuple(dict.fromkeys(value for value in found if value is not None))

    @property
    def rtpmaps(self) -> dict[int, Rtpmap]:
        """By payload type."""
        return {item.payload_type: item for item in self._parsed("rtpmap", Rtpmap.parse)}

    @property
    def fmtps(self) -> dict[int, Fmtp]:
        """By payload type."""
        return {item.payload_type: item for item in self._parsed("fmtp", Fmtp.parse)}

    @property
    def cryptos(self) -> tuple[Crypto, ...]:
        """In the order of preference."""
        return self._parsed("crypto", Crypto.parse)

    @property
    def extmaps(self) -> tuple[Extmap, ...]:
        """Header extensions, those with ids of the one-byte form."""
        return self._parsed("extmap", Extmap.parse)

    @property
    def rtcp(self) -> RtcpPort | None:
        """Where RTCP goes when not to the next port."""
        found = self._parsed("rtcp", RtcpPort.parse)
        return found[0] if found else None

    @property
    def rtcp_mux(self) -> bool:
        """RTP and RTCP on one port (RFC 5761)."""
        return any(item.name == "rtcp-mux" for item in self.attributes)

    @property
    def direction(self) -> Direction | None:
        """The m-line's own; None: the session's counts."""
        return Direction.among(self.attributes)

    @property
    def content(self) -> str | None:
        """First value of a=content (RFC 4796), lower case."""
        value = self.value_of("content")
        return None if value is None else value.partition(",")[0].strip().lower()

    @property
    def label(self) -> str | None:
        """a=label (RFC 4574)."""
        return self.value_of("label")

    @property
    def ptime_ms(self) -> int | None:
        """Packet time that the describing side likes to receive."""
        return self._milliseconds("ptime")

    @property
    def maxptime_ms(self) -> int | None:
        """The longest packet time that the describing side takes."""
        return self._milliseconds("maxptime")

    def feedback(self, payload_type: int) -> frozenset[str]:
        """Kinds of RTCP feedback for one payload type, the wildcard's included."""
        found = self._parsed("rtcp-fb", RtcpFeedback.parse)
        return frozenset(item.kind for item in found if item.payload_type in (None, payload_type))

    def bandwidth(self, type_: str) -> int | None:
        """Value of the first b= line of that type."""
        return next((item.value for item in self.bandwidths if item.type == type_), None)

    def value_of(self, name: str) -> str | None:
        """Value of the first attribute of that name that has one."""
        return next((item.value for item in self.attributes if item.name == name and item.value), None)

    def lines(self) -> list[str]:
        """As text, without line ends."""
        head = [f"m={self.media} {self.port} {self.protocol} {' '.join(self.formats)}"]
        connection = [f"c={self.connection}"] if self.connection else []
        return (
            head
            + connection
            + [f"b={item}" for item in self.bandwidths]
            + [f"a={item}" for item in self.attributes]
        )

    @classmethod
    def parse(cls, text: str) -> "MediaDescription | None":
        """The value of an m-line; None when malformed."""
        words = text.split()
        if len(words) < 4 or len(words) > 3 + MAX_FORMATS or not all(map(is_token, words)):
            return None
        port = number(words[1].partition("/")[0], 65_535)
        return None if port is None else cls(words[0].lower(), port, words[2], tuple(words[3:]))

    def _parsed(self, name: str, parse: Callable[[str], _Value | None]) -> tuple[_Value, ...]:
        values = (parse(item.value) for item in self.attributes if item.name == name and item.value)
        return tuple(value for value in values if value is not None)

    def _milliseconds(self, name: str) -> int | None:
        # Some endpoints write "20.0"; the fraction means nothing.
        value = self.value_of(name)
        return (number(value.partition(".")[0], MAX_PTIME_MS) or None) if value else None
