"""The bridge that is measured: configured for a plan, on ports of its own."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cms_media.bench.bridge_process import BridgeProcess, bridge_process
from cms_media.bench.plan import Plan
from cms_media.bench.processes import split_cores
from cms_media.endpoint.free_port import free_port
from cms_media.media.settings import AskForLess

_LOAD_LIMIT = 4_000_000
"""Nobody is refused: what cannot be carried is to be seen, not turned away."""

_USER = "bench"
_SETTINGS = """\
[sip]
address = "127.0.0.1"
udp_port = {udp}
tcp_port = {tcp}
tls_port = 0
capacity = 4000
[media]
address = "127.0.0.1"
port_min = {media_min}
port_max = {media_max}
workers = {workers}
load_limit = {load_limit}
ask_for_less = "{ask_for_less}"
[conference]
max_legs = 4000
"""
_SPACE = """\
[[space]]
name = "Bench {number}"
uri = "{user}"
layout = "{layout}"
self_pane = "{self_pane}"
"""


def space_uri(bridge_uri: str, call: int) -> str:
    """Of the space for this call, from that of the first."""
    return bridge_uri.replace(f":{_USER}@", f":{_user(call)}@")


def _user(call: int) -> str:
    return f"{_USER}-{call}" if call else _USER


@dataclass(frozen=True, slots=True)
class MeasuredBridge(BridgeProcess):
    """A running bridge with the spaces of a plan."""

    port: int

    @property
    def uri(self) -> str:
        """Of the space that everybody dials; with several calls that of the first, see `space_uri`."""
        return f"sip:{_USER}@127.0.0.1:{self.port}"


@contextmanager
def measured_bridge(
    folder: Path, plan: Plan, ports: tuple[int, int], workers: int = 0
) -> Iterator[MeasuredBridge]:
    """A bridge for the length of a `with` block. Raises ResourceError when it does not start.

    Every setting that the configuration does not need has its default, or what the environment says.
    """
    port = free_port(socket.SOCK_DGRAM)
    settings = _SETTINGS.format(
        udp=port,
        tcp=free_port(),
        media_min=ports[0],
        media_max=ports[1],
        workers=workers,
        load_limit=_LOAD_LIMIT,
        ask_for_less=(AskForLess.FEEDBACK if plan.asked else AskForLess.OFF).value,
    )
    spaces = "".join(_space(plan, call) for call in range(plan.calls))
    with bridge_process(folder, settings + spaces, split_cores(plan.cores)[0]) as running:
        yield MeasuredBridge(running.process, folder, port)


def _space(plan: Plan, call: int) -> str:
    layout, self_pane = plan.layout.value, plan.self_pane.value
    return _SPACE.format(number=call, user=_user(call), layout=layout, self_pane=self_pane)
