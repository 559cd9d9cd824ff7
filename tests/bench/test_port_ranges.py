"""Ranges of ports on which nobody listens."""

import socket

import pytest

from cms_media.base.errors import ResourceError
from cms_media.bench.port_ranges import free_range, media_ports
from cms_media.endpoint.free_port import LOOPBACK, free_port


def test_a_range_has_no_taken_end() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        first, last = free_range(100, 20_001)
        taken.bind((LOOPBACK, last))
        second, _ = free_range(100, 20_001)
    assert (first % 2, last - first) == (0, 99)
    assert second > last


def test_generator_and_bridge_have_ports_of_their_own_for_every_leg_and_worker() -> None:
    (first, last), (generator_first, generator_last) = media_ports(10, 3)
    assert last - first + 1 == 3 * (generator_last - generator_first + 1)
    assert generator_last - generator_first + 1 >= 4 * 10
    assert generator_first > last


def test_more_than_there_are_is_refused() -> None:
    with pytest.raises(ResourceError, match="60000 free UDP ports"):
        free_range(60_000, 10_000)


def test_a_free_port_can_be_bound() -> None:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as mine:
            mine.bind((LOOPBACK, free_port(kind)))
