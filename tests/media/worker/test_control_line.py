"""The worker's end of the socket."""

import contextlib
import socket
from collections.abc import Iterator

import pytest

from cms_media.base.types import LegId
from cms_media.media.messages import CloseLeg, Ready, encode
from cms_media.media.worker.control_line import ControlLine


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, ControlLine]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, ControlLine(theirs)


def test_lines_may_come_in_any_pieces(ends: tuple[socket.socket, ControlLine]) -> None:
    control, line = ends
    data = encode(CloseLeg(LegId("a"))) + b"rubbish\n" + encode(CloseLeg(LegId("b")))
    received = []
    for byte in data:
        control.send(bytes((byte,)))
        received += line.receive()
    assert received == [CloseLeg(LegId("a")), CloseLeg(LegId("b"))]
    assert not line.closed


def test_control_that_goes_is_noticed(ends: tuple[socket.socket, ControlLine]) -> None:
    control, line = ends
    control.close()
    assert line.receive() == []
    assert line.closed


def test_control_that_does_not_read_costs_bounded_memory(ends: tuple[socket.socket, ControlLine]) -> None:
    control, line = ends
    message = CloseLeg(LegId("x" * 100_000))
    for _ in range(120):
        line.send(message)
    assert line.backlog
    assert line.dropped > 0
    control.setblocking(False)
    for _ in range(10_000):
        line.flush()
        if not line.backlog:
            break
        control.recv(1 << 20)
    line.send(Ready())
    assert not line.closed


def test_a_line_without_end_is_the_end(ends: tuple[socket.socket, ControlLine]) -> None:
    control, line = ends
    control.setblocking(False)
    for _ in range(100):
        with contextlib.suppress(BlockingIOError):
            control.send(b"x" * 65_536)
        line.receive()
    assert line.closed
