"""Whether the SIP ports are free, and who has them if not: asked before the SIP stack, whose words are terser."""

import contextlib
import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from cms_media.base.errors import SettingsError
from cms_media.signalling.settings import SipSettings

_TYPES = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM, "tls": socket.SOCK_STREAM}
_PROC = Path("/proc")


def check_sip_ports(settings: SipSettings) -> None:
    """Raises SettingsError naming port, holder and key for the first that is taken."""
    for transport in _TYPES:
        key = f"{transport}_port"
        port: int = getattr(settings, key)
        for address in settings.addresses or ("0.0.0.0",):  # noqa: S104 - what an empty address means
            if port and _is_taken(transport, address, port):
                raise SettingsError(
                    f"sip.{key}: {transport.upper()} port {port} is in use{_by(transport, port)}; stop that, "
                    f"or set another port by {key} in [sip] or CMS_MEDIA__SIP__{key.upper()} (0: none)"
                )


def _is_taken(transport: str, address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, _TYPES[transport]) as probe:
        if transport != "udp":
            # As the SIP stack does: connections of a bridge that just stopped do not hold the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


def _by(transport: str, port: int) -> str:
    """` by baresip (pid 4711)`, or nothing when the system does not tell."""
    inodes = set(_inodes(transport, port))
    for process in _PROC.glob("[0-9]*"):
        if inodes and not inodes.isdisjoint(_sockets_of(process)):
            return f" by {_name_of(process)} (pid {process.name})"
    return ""


def _inodes(transport: str, port: int) -> Iterator[str]:
    """Socket inodes that are bound to the port (proc(5): /proc/net/udp has the local address second)."""
    table = "udp" if transport == "udp" else "tcp"
    for name in (table, f"{table}6"):
        for line in _lines(_PROC / "net" / name)[1:]:
            words = line.split()
            if int(words[1].rpartition(":")[2], 16) == port:
                yield words[9]


def _sockets_of(process: Path) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):
        for entry in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(os.readlink(entry).removeprefix("socket:[").rstrip("]"))
    return found


def _name_of(process: Path) -> str:
    return next(iter(_lines(process / "comm")), "?")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return []
