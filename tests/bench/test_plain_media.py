"""Callers without an engine, over loopback sockets: what they send, and what they take for sound."""

import asyncio
import socket
import struct
from collections.abc import Iterator

import pytest

from cms_media.base.types import SocketAddress
from cms_media.bench.plain_media import PlainMedia
from cms_media.bench.port_ranges import free_range

HERE = "127.0.0.1"
SOUND = struct.pack("!BBHII", 0x80, 0, 1, 160, 7) + bytes(160)
PAIRS = 3


def bound(port: int = 0) -> socket.socket:
    """A peer's; 0: on any port."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind((HERE, port))
    opened.setblocking(False)
    return opened


@pytest.fixture
def peer() -> Iterator[socket.socket]:
    with bound() as opened:
        yield opened


@pytest.fixture
def ports() -> tuple[int, int]:
    first, _ = free_range(500, 30_000)
    return first, first + 2 * PAIRS - 1


async def turns() -> None:
    """What has come is read: on loopback it is there when it is sent."""
    for _ in range(3):
        await asyncio.sleep(0)


async def test_it_talks_from_even_ports_until_it_is_closed(
    peer: socket.socket, ports: tuple[int, int]
) -> None:
    media = PlainMedia(*ports)
    opened = media.open_transport(HERE)
    assert (opened.rtp_port, opened.rtcp_port) == (ports[0], ports[0] + 1)
    media.talk(opened.id, SocketAddress(*peer.getsockname()), lambda: None)
    loop = asyncio.get_running_loop()
    said = [await loop.sock_recvfrom(peer, 2048) for _ in range(3)]
    assert {source for _, source in said} == {(HERE, opened.rtp_port)}
    headers = [struct.unpack("!BBHII", packet[:12]) for packet, _ in said]
    assert headers == [(0x80, 0, number, 160 * number, opened.id) for number in range(3)]
    assert {len(packet) for packet, _ in said} == {172}
    media.close_transport(opened.id)
    for port in ports[0], ports[0] + 1:
        bound(port).close()


async def test_the_first_packet_of_the_peer_s_sound_counts_and_nothing_else(
    peer: socket.socket, ports: tuple[int, int]
) -> None:
    media, heard = PlainMedia(*ports), [0]
    opened = media.open_transport(HERE)

    def hears() -> None:
        heard[0] += 1

    media.talk(opened.id, SocketAddress(*peer.getsockname()), hears)
    address = HERE, opened.rtp_port
    with bound() as stranger:
        stranger.sendto(SOUND, address)
    for rubbish in (b"", b"\x80", b"\x00" + SOUND[1:], b"\x80\x60" + SOUND[2:], SOUND[:12]):
        peer.sendto(rubbish, address)
        await turns()
        assert heard == [0]
    for _ in range(2):
        peer.sendto(SOUND, address)
        await turns()
        assert heard == [1]
    media.close()


async def test_ports_come_in_turn_and_are_given_back(ports: tuple[int, int]) -> None:
    media = PlainMedia(*ports)
    first = media.open_transport(HERE)
    media.close_transport(first.id)
    opened = [media.open_transport(HERE) for _ in range(PAIRS)]
    assert [each.rtp_port - ports[0] for each in opened] == [2, 4, 0]
    with pytest.raises(OSError, match="no free pair"):
        media.open_transport(HERE)
    media.close()
    assert media.open_transport(HERE).rtp_port >= ports[0]
    media.close()
