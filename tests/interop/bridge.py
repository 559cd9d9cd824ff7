"""A bridge of this checkout on free loopback ports, and `cms-media dial` endpoints that call it: all real processes."""

import json
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

from tests.interop.baresip import free_port

COMMAND = str(Path(sys.executable).parent / "cms-media")
_MEDIA_PORTS = 400
_START_S = 20

_CONFIG = """\
[data]
directory = "{folder}/data"
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
class Bridge:
    """A running bridge."""

    process: subprocess.Popen[bytes]
    folder: Path
    udp_port: int
    tcp_port: int
    tls_port: int
    media_min: int
    media_max: int

    @property
    def config(self) -> Path:
        return self.folder / "cms_media.toml"

    def uri(self, user: str = "demo", transport: str = "udp") -> str:
        """What to dial."""
        port = {"udp": self.udp_port, "tcp": self.tcp_port, "tls": self.tls_port}[transport]
        suffix = "" if transport == "udp" else f";transport={transport}"
        return f"sip:{user}@127.0.0.1:{port}{suffix}"

    def status(self) -> dict[str, Any]:
        """`cms-media status --json`."""
        answer = subprocess.run(
            [COMMAND, "status", "--json", "--config", str(self.config)],
            capture_output=True,
            timeout=15,
            check=True,
        )
        status: dict[str, Any] = json.loads(answer.stdout)
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

    def log(self) -> str:
        """What the bridge has said."""
        return (self.folder / "bridge.log").read_text(errors="replace")


def _media_range(start: int, length: int) -> int:
    """The first port of a block whose ends are free."""
    for first in range(start, 60_000, length):
        try:
            for port in (first, first + length - 1):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise RuntimeError("no free UDP ports for media")


@contextmanager
def running_bridge(folder: Path, extra: str = "", media_ports: int = _MEDIA_PORTS) -> Iterator[Bridge]:
    """A bridge for the length of a `with` block; `extra` stands in its [media] table and after."""
    folder.mkdir(parents=True, exist_ok=True)
    media_min = _media_range(20_000, media_ports)
    ports = {"udp": free_port(socket.SOCK_DGRAM), "tcp": free_port(), "tls": free_port()}
    media_max = media_min + media_ports - 1
    config = folder / "cms_media.toml"
    config.write_text(
        _CONFIG.format(folder=folder, media_min=media_min, media_max=media_max, extra=extra, **ports)
    )
    with (folder / "bridge.log").open("wb") as log:
        process = subprocess.Popen(
            [COMMAND, "serve", "--config", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    bridge = Bridge(process, folder, ports["udp"], ports["tcp"], ports["tls"], media_min, media_max)
    try:
        _wait_until_up(bridge)
        yield bridge
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def _wait_until_up(bridge: Bridge) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            bridge.status()
        except subprocess.SubprocessError:
            assert bridge.process.poll() is None, f"the bridge ended:\n{bridge.log()}"
            assert time.monotonic() < deadline, f"the bridge did not start:\n{bridge.log()}"
            time.sleep(0.1)
        else:
            return


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
