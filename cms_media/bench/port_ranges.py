"""Ranges of UDP ports of the loopback address, for RTP, on which nobody listens."""

import socket

from cms_media.base.errors import ResourceError
from cms_media.endpoint.free_port import LOOPBACK

_PORTS_PER_LEG = 4
_FIRST, _STEP, _LAST = 10_000, 500, 65_000
"""Those below the ports that the kernel gives to clients come first."""


def media_ports(legs: int, workers: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """UDP port ranges for the bridge, enough for every worker to have all legs, and for the generator.

    Raises ResourceError when so many are not free.
    """
    needed = _PORTS_PER_LEG * legs + 40
    first = free_range(needed * workers, _FIRST)
    second = free_range(needed, first[1] + 1)
    return first, second


def free_range(length: int, start: int) -> tuple[int, int]:
    """So many ports from `start` or above, the first even, whose ends and middle can be bound. Raises ResourceError."""
    for first in range(start + start % 2, _LAST - length, _STEP):
        last = first + length - 1
        if all(map(_is_free, (first, (first + last) // 2, last))):
            return first, last
    raise ResourceError(f"no {length} free UDP ports")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
