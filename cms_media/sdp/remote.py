"""Where the peer takes RTP and RTCP of an m-line."""

import ipaddress
from dataclasses import dataclass

from cms_media.base.types import SocketAddress
from cms_media.sdp.description import MediaDescription, SessionDescription

MAX_PORT = 65_535

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class RemoteTransport:
    """Addresses to send to."""

    rtp: SocketAddress
    rtcp: SocketAddress
    held: bool
    """The address is 0.0.0.0 or ::, a hold in the way of RFC 2543: nothing may be sent."""

    @property
    def ip_version(self) -> int:
        """4 or 6."""
        return 6 if ":" in self.rtp.host else 4

    def reachable_from(self, address: str) -> bool:
        """An IPv4 socket cannot send to IPv6 and the other way round."""
        return self.held or self.ip_version == (6 if ":" in address else 4)


def remote_transport(
    description: SessionDescription, line: MediaDescription, *, mux: bool
) -> RemoteTransport | None:
    """None: no address, a host name, or a multicast or broadcast address, to which we never send."""
    connection = description.connection_of(line)
    address = _unicast(connection.address) if connection else None
    if address is None or line.port == 0:
        return None
    rtp = SocketAddress(str(address), line.port)
    rtcp = rtp if mux else _rtcp(line, rtp)
    return RemoteTransport(rtp, rtcp, held=address.is_unspecified)


def _rtcp(line: MediaDescription, rtp: SocketAddress) -> SocketAddress:
    told = line.rtcp
    if told is None:
        # A peer at the last port has no next one; where it sends from will be learnt.
        return SocketAddress(rtp.host, min(rtp.port + 1, MAX_PORT))
    address = _unicast(told.address) if told.address else None
    usable = address is not None and address.version == (6 if ":" in rtp.host else 4)
    return SocketAddress(str(address) if usable else rtp.host, told.port)


def _unicast(text: str) -> IpAddress | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if address.is_multicast or text == "255.255.255.255" or "%" in text:
        return None
    return address
