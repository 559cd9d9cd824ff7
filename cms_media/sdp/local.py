"""Our side of one leg's session: address, ports, what we said last.

Which transport an m-line runs on needs no memory: a session uses at most one audio and one video line, so the
kind names the transport, and re-INVITEs cannot move it.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from cms_media.base.types import MediaKind
from cms_media.sdp.attributes import Attribute, Bandwidth, Connection
from cms_media.sdp.description import MediaDescription, Origin, SessionDescription


class OpenedTransport(Protocol):
    """Ports open for one m-line; `conference.ports.LocalTransport` is one."""

    @property
    def kind(self) -> MediaKind: ...
    @property
    def rtp_port(self) -> int: ...
    @property
    def rtcp_port(self) -> int: ...


@dataclass(frozen=True, slots=True)
class LocalMedia:
    """Everything of ours that goes into a description of this leg."""

    address: str
    """IP literal for c= and o=."""
    transports: Sequence[OpenedTransport]
    """All transports of the leg in the order opened."""
    session_id: int
    """For o=, the same for the whole call (RFC 8866 suggests an NTP timestamp)."""
    previous: SessionDescription | None = None
    """Our last description sent in this call, agreed or not: keys, payload types and version come from it."""
    remote: SessionDescription | None = None
    """The peer's last description: our offers use its payload type numbers where we have none yet."""
    random_bytes: Callable[[int], bytes] = secrets.token_bytes
    """Source of SRTP keys."""

    def transport(self, kind: MediaKind) -> tuple[int, OpenedTransport] | None:
        """The transport of a kind with its index; None when none is open."""
        for index, transport in enumerate(self.transports):
            if transport.kind == kind:
                return index, transport
        return None

    def previous_line(self, position: int) -> MediaDescription | None:
        """Our own m-line at that position in the last description."""
        lines = self.previous.media if self.previous else ()
        return lines[position] if position < len(lines) else None

    def described(
        self, media: tuple[MediaDescription, ...], bandwidths: tuple[Bandwidth, ...], times: tuple[str, ...]
    ) -> SessionDescription:
        """Our next description; its o= version goes up only when the rest changed (RFC 3264 section 8)."""
        version = self.previous.origin.version if self.previous else self.session_id
        made = SessionDescription(
            origin=Origin("-", self.session_id, version, self.address),
            connection=Connection(self.address),
            bandwidths=bandwidths,
            times=times,
            media=media,
        )
        if self.previous is None or self.previous == made:
            return made
        return replace(made, origin=replace(made.origin, version=version + 1))


def transport_attributes(transport: OpenedTransport, *, mux: bool) -> tuple[Attribute, ...]:
    """rtcp-mux, and a=rtcp when RTCP has a port that nobody would guess (RFC 3605).

    The port counts even beside rtcp-mux, in case the peer does not take that (RFC 5761 section 5.1.1).
    """
    guessed = transport.rtp_port + 1
    rtcp = () if transport.rtcp_port == guessed else (Attribute("rtcp", str(transport.rtcp_port)),)
    return (*rtcp, Attribute("rtcp-mux")) if mux else rtcp
