"""This machine's own IP addresses, without sending anything and without asking a name server."""

import ipaddress
import socket

_DOCUMENTATION = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""RFC 5737 and RFC 3849: never a real host, so the route towards them is the default route."""


def local_address_towards(host: str) -> str:
    """Our address on the path to an IP literal, and for a name on the default path. Raises OSError."""
    if host == "localhost":
        return "127.0.0.1"
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return _source(socket.AF_INET, _DOCUMENTATION[socket.AF_INET])
    return _source(socket.AF_INET6 if literal.version == 6 else socket.AF_INET, host)


def reachable_addresses() -> list[str]:
    """The addresses that others can dial: on the default routes, or loopback when there is none."""
    found = []
    for family, target in _DOCUMENTATION.items():
        try:
            found.append(_source(family, target))
        except OSError:
            continue
    return found or ["127.0.0.1"]


def _source(family: socket.AddressFamily, target: str) -> str:
    # Connecting a UDP socket only looks up the route.
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((target, 9))
        return str(probe.getsockname()[0])
