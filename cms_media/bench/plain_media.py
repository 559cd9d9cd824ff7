"""Sound of callers that stay for a moment: plain sockets, on which the first packet is seen when it comes.

What the engine counts it publishes five times a second, which is longer than a call of `bench setup` needs to last.

    socket pair ─► talk: a packet every 20 ms ─► first packet of the peer ─► heard

PCMU alone, no SRTP, no jitter buffer, RTCP is neither sent nor read. Owned by the generator's event loop.
"""

import asyncio
import errno
import random
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from cms_media.base.types import SocketAddress
from cms_media.codecs.table import CODECS, Codec

_PACKET_S = 0.02
_PACKET_SAMPLES = 160
_LONGEST_PACKET_BYTES = 2048
_HEADER = struct.Struct("!BBHII")
"""RTP without anything optional (RFC 3550 section 5.1)."""
_VERSION = 2
_PAYLOAD_TYPE = CODECS[Codec.PCMU].static_payload_type
_noise = random.Random(1)
_BREATH = bytes(_noise.choice((0x50, 0xD0)) + _noise.randrange(0x30) for _ in range(_PACKET_SAMPLES))
"""Noise in both signs of the three quietest segments of G.711, which is audible to a bridge."""


@dataclass(slots=True)
class PlainTransport:
    """A bound pair of sockets."""

    id: int
    rtp: socket.socket
    rtcp: socket.socket
    packets: int = 0
    """Sent."""
    speaking: asyncio.TimerHandle | None = None

    @property
    def rtp_port(self) -> int:
        """Even."""
        return int(self.rtp.getsockname()[1])

    @property
    def rtcp_port(self) -> int:
        """The one after it."""
        return int(self.rtcp.getsockname()[1])


class PlainMedia:
    """Transports by number. Implements MediaPorts of `endpoint.leg`."""

    def __init__(self, port_min: int, port_max: int) -> None:
        """`port_min` is even."""
        self._ports = range(port_min, port_max, 2)
        self._turns = count()
        self._transports: dict[int, PlainTransport] = {}

    def open_transport(self, address: str) -> PlainTransport:
        """The next pair that is free, so that what comes late for a call does not come to the one after it.

        Raises OSError when there is none.
        """
        for _ in self._ports:
            turn = next(self._turns)
            pair = _bind(address, self._ports[turn % len(self._ports)])
            if pair is not None:
                opened = self._transports[turn] = PlainTransport(turn, *pair)
                return opened
        raise OSError(errno.EADDRINUSE, "no free pair of ports")

    def talk(self, transport: int, peer: SocketAddress, heard: Callable[[], None]) -> None:
        """Sound goes to the peer from now on; `heard` is called when the first packet of it has come."""
        self.idle(transport)
        opened = self._transports[transport]
        loop = asyncio.get_running_loop()
        loop.add_reader(opened.rtp, self._listen, opened, peer, heard)
        self._speak(loop, opened, peer)

    def idle(self, transport: int) -> None:
        """Nothing is said or heard any more."""
        opened = self._transports[transport]
        asyncio.get_running_loop().remove_reader(opened.rtp)
        if opened.speaking is not None:
            opened.speaking.cancel()

    def close_transport(self, transport: int) -> None:
        """Frees its ports."""
        self.idle(transport)
        opened = self._transports.pop(transport)
        opened.rtp.close()
        opened.rtcp.close()

    def close(self) -> None:
        """All that are open."""
        for transport in list(self._transports):
            self.close_transport(transport)

    @staticmethod
    def _listen(opened: PlainTransport, peer: SocketAddress, heard: Callable[[], None]) -> None:
        packet, source = opened.rtp.recvfrom(_LONGEST_PACKET_BYTES)
        if source == (peer.host, peer.port) and _is_sound(packet):
            asyncio.get_running_loop().remove_reader(opened.rtp)
            heard()

    def _speak(self, loop: asyncio.AbstractEventLoop, opened: PlainTransport, peer: SocketAddress) -> None:
        header = _HEADER.pack(
            _VERSION << 6, _PAYLOAD_TYPE, opened.packets % 2**16, opened.packets * _PACKET_SAMPLES, opened.id
        )
        opened.rtp.sendto(header + _BREATH, (peer.host, peer.port))
        opened.packets += 1
        opened.speaking = loop.call_later(_PACKET_S, self._speak, loop, opened, peer)


def _bind(address: str, port: int) -> tuple[socket.socket, socket.socket] | None:
    """None: somebody has one of them."""
    rtp, rtcp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    try:
        rtp.bind((address, port))
        rtcp.bind((address, port + 1))
    except OSError:
        rtp.close()
        rtcp.close()
        return None
    rtp.setblocking(False)
    return rtp, rtcp


def _is_sound(packet: bytes) -> bool:
    return len(packet) > _HEADER.size and packet[0] >> 6 == _VERSION and packet[1] & 0x7F == _PAYLOAD_TYPE
