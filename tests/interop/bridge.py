"""A bridge of this checkout on free loopback ports, and `cms-media dial` endpoints that call it: all real processes."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cms_media.bench.bridge_process import COMMAND, BridgeProcess, bridge_process
from cms_media.bench.port_ranges import free_range
from cms_media.endpoint.free_port import free_port

_MEDIA_PORTS, _FIRST_MEDIA_PORT = 400, 20_000

_SETTINGS = """\
[sip]
address = "127.0.0.1"
udp_port = {udp}
tcp_port = {tcp}
tls_port = {tls}
[media]
address = "127.0.0.1"
port_min = {media_min}
port_max = {media_max}
{extra}
[[space]]
name = "Demo"
uri = "demo"
call_id = "1000"
layout = "allEqual"
[[space]]
name = "Speaker"
uri = "speaker"
call_id = "1001"
layout = "speakerOnly"
"""


@dataclass(frozen=True, slots=True)
class Bridge(BridgeProcess):
    """A running bridge."""

    udp_port: int
    tcp_port: int
    tls_port: int
    media_min: int
    media_max: int

    def uri(self, user: str = "demo", transport: str = "udp") -> str:
        """What to dial."""
        port = {"udp": self.udp_port, "tcp": self.tcp_port, "tls": self.tls_port}[transport]
        suffix = "" if transport == "udp" else f";transport={transport}"
        return f"sip:{user}@127.0.0.1:{port}{suffix}"

    def status(self) -> dict[str, Any]:
        """What `cms-media status --json` prints."""
        status: dict[str, Any] = json.loads(self.command("status", "--json"))
        return status

    def command(self, name: str, *arguments: str) -> str:
        """`cms-media NAME ...` about this bridge: what it prints."""
        answer = subprocess.run(
            [COMMAND, name, *arguments, "--config", str(self.config)],
            capture_output=True,
            timeout=15,
            check=True,
        )
        return answer.stdout.decode().strip()

    def legs(self) -> list[dict[str, Any]]:
        """All legs of all calls."""
        return [leg for call in self.status()["calls"] for leg in call["legs"]]

    def wait_for_legs(self, count: int, seconds: float = 15) -> None:
        """Until exactly `count` legs stand. Raises AssertionError."""
        deadline = time.monotonic() + seconds
        while len(self.legs()) != count:
            assert time.monotonic() < deadline, f"{len(self.legs())} legs, expected {count}"
            time.sleep(0.1)


@contextmanager
def running_bridge(folder: Path, extra: str = "", media_ports: int = _MEDIA_PORTS) -> Iterator[Bridge]:
    """A bridge for the length of a `with` block; `extra` stands in its [media] table and after."""
    folder.mkdir(parents=True, exist_ok=True)
    media_min, media_max = free_range(media_ports, _FIRST_MEDIA_PORT)
    udp, tcp, tls = free_port(socket.SOCK_DGRAM), free_port(), free_port()
    settings = _SETTINGS.format(
        udp=udp, tcp=tcp, tls=tls, media_min=media_min, media_max=media_max, extra=extra
    )
    with bridge_process(folder, settings) as running:
        yield Bridge(running.process, folder, udp, tcp, tls, media_min, media_max)


class Dialler:
    """One `cms-media dial --json` in the background."""

    def __init__(self, uri: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [COMMAND, "dial", uri, "--json", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def kill(self) -> None:
        """It vanishes: no BYE, no RTCP BYE, no report."""
        self._process.kill()
        self._process.communicate(timeout=10)

    def report(self, seconds: float = 60) -> dict[str, Any]:
        """Waits for its end and gives its JSON. Raises AssertionError with what it said."""
        try:
            out, err = self._process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            out, err = self._process.communicate()
        try:
            report: dict[str, Any] = json.loads(out)
        except ValueError:
            raise AssertionError(f"no report:\n{out.decode()}\n{err.decode()}") from None
        return report
