"""A session description (RFC 8866): text in, values out, and back.

Liberal in what it takes: LF or CRLF, missing v=, o=, s= and t= lines, lines that nobody knows, spaces at
line ends. Strict in what it gives. Assumption: m-lines are what the peers negotiate by position, so a broken
m-line makes the whole text an error, whereas a broken attribute is only ignored.
"""

import re
from dataclasses import dataclass, field, replace

from cms_media.sdp.attributes import Attribute, Bandwidth, Connection, Direction
from cms_media.sdp.errors import NothingInCommon, SdpError
from cms_media.sdp.media_description import MediaDescription
from cms_media.sdp.scan import LINE_END, is_token, number

__all__ = ["MediaDescription", "NothingInCommon", "Origin", "SdpError", "SessionDescription"]

MAX_TEXT_CHARACTERS = 32_768
"""The longest SIP message we take; real descriptions end near 9 KB."""
MAX_MEDIA_LINES = 16
"""The busiest real endpoint offers seven (audio, three videos, BFCP, FECC, iX)."""
MAX_ATTRIBUTES = 128
"""Per section. A video m-line with 20 codecs has about 60."""
MAX_BANDWIDTHS = 8
"""Per section; four types are registered."""
MAX_TIMES = 4
"""A call has one t= line; more would be a schedule."""

_TIMES = re.compile(r"[0-9]{1,20} [0-9]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Origin:
    """`o=<user> <session id> <version> IN IP4 <address>`: names one state of one session."""

    username: str = "-"
    session_id: int = 0
    version: int = 0
    address: str = "0.0.0.0"  # noqa: S104 - a value in text, nothing is bound

    def __str__(self) -> str:
        return f"{self.username} {self.session_id} {self.version} {Connection(self.address)}"

    @classmethod
    def parse(cls, text: str) -> "Origin":
        """Never fails: o= only tells versions apart, a call does not depend on it."""
        words = text.split()
        if len(words) < 6 or not all(map(is_token, words)):
            return cls()
        session_id, version = number(words[1], 2**64 - 1, 0), number(words[2], 2**64 - 1, 0)
        return cls(words[0], session_id or 0, version or 0, words[5])


@dataclass(frozen=True, slots=True)
class SessionDescription:
    """What one side says of a session. `str()` gives the text with CRLF."""

    origin: Origin = Origin()
    name: str = "-"
    connection: Connection | None = None
    bandwidths: tuple[Bandwidth, ...] = ()
    times: tuple[str, ...] = ("0 0",)
    """Values of the t= lines; a call says `0 0`."""
    attributes: tuple[Attribute, ...] = ()
    media: tuple[MediaDescription, ...] = ()
    ignored_lines: int = field(default=0, compare=False)
    """Lines that `parse` passed over: unknown types, no `=` in second place."""

    def connection_of(self, media: MediaDescription) -> Connection | None:
        """The m-line's c=, else the session's."""
        return media.connection or self.connection

    def direction_of(self, media: MediaDescription) -> Direction:
        """The m-line's direction, else the session's, else sendrecv (RFC 8866 section 6.7)."""
        return media.direction or Direction.among(self.attributes) or Direction.SENDRECV

    def __str__(self) -> str:
        lines = ["v=0", f"o={self.origin}", f"s={self.name}"]
        if self.connection:
            lines.append(f"c={self.connection}")
        lines += [f"b={item}" for item in self.bandwidths]
        lines += [f"t={item}" for item in self.times]
        lines += [f"a={item}" for item in self.attributes]
        for media in self.media:
            lines += media.lines()
        return "".join(f"{line}\r\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> "SessionDescription":
        """Raises SdpError: too long, too many lines of a kind, a broken m= or c=, or no SDP at all."""
        if len(text) > MAX_TEXT_CHARACTERS:
            raise SdpError(f"longer than {MAX_TEXT_CHARACTERS} characters")
        reader = _Reader()
        for position, line in enumerate(LINE_END.split(text), start=1):
            if line.strip():
                reader.take(line.strip(), position)
        return reader.finish()


class _Section:
    """Lines of the session part or of one m-line while they are being read."""

    def __init__(self) -> None:
        self.connection: Connection | None = None
        self.bandwidths: list[Bandwidth] = []
        self.attributes: list[Attribute] = []

    def take_connection(self, value: str, line: int) -> None:
        connection = Connection.parse(value)
        if connection is None:
            raise SdpError("malformed c=", line)
        # Of several c= lines (RFC 8866 has them for layered multicast) the first is the stream.
        self.connection = self.connection or connection

    def take_bandwidth(self, value: str, line: int) -> None:
        if len(self.bandwidths) >= MAX_BANDWIDTHS:
            raise SdpError(f"more than {MAX_BANDWIDTHS} bandwidths in one section", line)
        bandwidth = Bandwidth.parse(value)
        if bandwidth:
            self.bandwidths.append(bandwidth)

    def take_attribute(self, value: str, line: int) -> None:
        if len(self.attributes) >= MAX_ATTRIBUTES:
            raise SdpError(f"more than {MAX_ATTRIBUTES} attributes in one section", line)
        self.attributes.append(Attribute.parse(value))


class _Reader:
    """Takes line by line, holds what was read so far."""

    def __init__(self) -> None:
        self._session = _Section()
        self._media: list[tuple[MediaDescription, _Section]] = []
        self._origin = Origin()
        self._name = "-"
        self._times: list[str] = []
        self._ignored = 0
        self._known = 0

    def take(self, line: str, position: int) -> None:
        section = self._media[-1][1] if self._media else self._session
        type_, value = line[:1], line[2:].strip()
        if line[1:2] != "=":
            self._ignored += 1
            return
        self._known += 1
        match type_:
            case "m":
                self._take_media(value, position)
            case "c":
                section.take_connection(value, position)
            case "b":
                section.take_bandwidth(value, position)
            case "a":
                section.take_attribute(value, position)
            case _:
                self._take_session_line(type_, value, position)

    def finish(self) -> SessionDescription:
        if not self._known:
            raise SdpError("no session description")
        session = self._session
        return SessionDescription(
            origin=self._origin,
            name=self._name,
            connection=session.connection,
            bandwidths=tuple(session.bandwidths),
            times=tuple(self._times) or ("0 0",),
            attributes=tuple(session.attributes),
            media=tuple(_complete(media, section) for media, section in self._media),
            ignored_lines=self._ignored,
        )

    def _take_media(self, value: str, line: int) -> None:
        if len(self._media) >= MAX_MEDIA_LINES:
            raise SdpError(f"more than {MAX_MEDIA_LINES} m-lines", line)
        media = MediaDescription.parse(value)
        if media is None:
            raise SdpError("malformed m=", line)
        self._media.append((media, _Section()))

    def _take_session_line(self, type_: str, value: str, line: int) -> None:
        match type_:
            case "v" if value != "0":
                raise SdpError("version is not 0", line)
            case "v":
                pass
            case "o":
                self._origin = Origin.parse(value)
            case "s":
                self._name = value or "-"
            case "t" if len(self._times) < MAX_TIMES and _TIMES.fullmatch(value):
                self._times.append(value)
            case _:
                self._ignored += 1


def _complete(media: MediaDescription, section: _Section) -> MediaDescription:
    return replace(
        media,
        connection=section.connection,
        bandwidths=tuple(section.bandwidths),
        attributes=tuple(section.attributes),
    )
