"""The bridge that is measured: `cms-media serve` with a configuration, ports and a data directory of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cms_media.api.control_client import ask
from cms_media.base.errors import RequestError, ResourceError
from cms_media.bench.plan import Plan
from cms_media.bench.processes import split_cores
from cms_media.media.settings import AskForLess

_COMMAND = Path(sys.executable).parent / "cms-media"
_START_S, _STOP_S = 30.0, 10.0
_PORTS_PER_LEG = 4
_PORT_BLOCKS = range(10_000, 32_000, 500)
"""Below the ports that the kernel gives to clients."""

_LOAD_LIMIT = 4_000_000
"""Nobody is refused: what cannot be carried is to be seen, not turned away."""

_USER = "bench"
_CONFIG = """\
[data]
directory = "{folder}/data"
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
class MeasuredBridge:
    """A running bridge."""

    process: subprocess.Popen[bytes]
    folder: Path
    port: int

    @property
    def pid(self) -> int:
        """Of control; workers are its children."""
        return self.process.pid

    @property
    def uri(self) -> str:
        """Of the space that everybody dials; with several calls that of the first, see `space_uri`."""
        return f"sip:{_USER}@127.0.0.1:{self.port}"

    def status(self) -> dict[str, Any]:
        """As `cms-media status --json`. Raises RequestError."""
        return ask(self.folder / "data", "status")

    def log(self) -> str:
        """The end of what it said."""
        return self.whole_log()[-2000:]

    def whole_log(self) -> str:
        """All that it said."""
        return (self.folder / "bridge.log").read_text(errors="replace")


@contextmanager
def measured_bridge(
    folder: Path, plan: Plan, ports: tuple[int, int], workers: int = 0
) -> Iterator[MeasuredBridge]:
    """A bridge for the length of a `with` block. Raises ResourceError when it does not start.

    Every setting that the configuration does not need has its default, or what the environment says.
    """
    port = free_port(socket.SOCK_DGRAM)
    (folder / "cms_media.toml").write_text(
        _CONFIG.format(
            folder=folder,
            udp=port,
            tcp=free_port(socket.SOCK_STREAM),
            media_min=ports[0],
            media_max=ports[1],
            workers=workers,
            load_limit=_LOAD_LIMIT,
            ask_for_less=(AskForLess.FEEDBACK if plan.asked else AskForLess.OFF).value,
        )
        + "".join(_space(plan, call) for call in range(plan.calls))
    )
    with (folder / "bridge.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - ourselves
            [str(_COMMAND), "serve", "--config", str(folder / "cms_media.toml")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    # before it has threads or children: they inherit it
    os.sched_setaffinity(process.pid, split_cores(plan.cores)[0])
    bridge = MeasuredBridge(process, folder, port)
    try:
        _wait_until_up(bridge)
        yield bridge
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _space(plan: Plan, call: int) -> str:
    layout, self_pane = plan.layout.value, plan.self_pane.value
    return _SPACE.format(number=call, user=_user(call), layout=layout, self_pane=self_pane)


def _wait_until_up(bridge: MeasuredBridge) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            bridge.status()
        except RequestError:
            if bridge.process.poll() is not None or time.monotonic() > deadline:
                raise ResourceError(f"the bridge did not start:\n{bridge.log()}") from None
            time.sleep(0.1)
        else:
            return


def free_port(kind: socket.SocketKind) -> int:
    """A port of the loopback address on which nobody listens."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def media_ports(legs: int, workers: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """UDP port ranges for the bridge, enough for every worker to have all legs, and for the generator.

    Raises ResourceError when so many are not free.
    """
    needed = _PORTS_PER_LEG * legs + 40
    first = _free_range(needed * workers, _PORT_BLOCKS.start)
    second = _free_range(needed, first[1] + 1)
    return first, second


def _free_range(length: int, start: int) -> tuple[int, int]:
    """The first blocks in a row whose ends can be bound."""
    for first in range(start + start % 2, 60_000, _PORT_BLOCKS.step):
        last = first + length - 1
        if last < 65_000 and all(map(_is_free, (first, (first + last) // 2, last))):
            return first, last
    raise ResourceError(f"no {length} free UDP ports")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
