"""Runs one sipp scenario of tests/interop/sipp to its end, on loopback and within a time."""

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cms_media.endpoint.free_port import free_port

_SCENARIOS = Path(__file__).with_name("sipp")
_TIMEOUT_S = 15


@dataclass(slots=True)
class Sipp:
    """A sipp process. `target`: host:port that it calls, or empty when it waits to be called."""

    scenario: str
    folder: Path
    target: str = ""
    user: str = "meet"
    transport: str = "u1"
    host: str = "127.0.0.1"
    timeout_s: int = _TIMEOUT_S
    keys: Mapping[str, str] = field(default_factory=dict)
    """What stands in the scenario for [name]."""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        log = self.folder / f"{self.scenario}-{self.port}"
        options = ["-sf", str(_SCENARIOS / f"{self.scenario}.xml"), "-s", self.user, "-t", self.transport]
        options += ["-i", self.host, "-p", str(self.port), "-m", "1", "-l", "1", "-nostdin"]
        options += [
            "-timeout",
            f"{self.timeout_s}s",
            "-timeout_error",
            "-trace_err",
            "-error_file",
            f"{log}.errors",
        ]
        options += [word for name, value in self.keys.items() for word in ("-key", name, value)]
        options += ["-trace_msg", "-message_file", f"{log}.messages"]
        with (self.folder / f"{self.scenario}-{self.port}.screen").open("wb") as screen:
            self.process = subprocess.Popen(
                ["sipp", *([self.target] if self.target else []), *options],
                stdin=subprocess.DEVNULL,
                stdout=screen,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={"TERM": "dumb", "PATH": "/usr/bin:/bin"},
            )

    @property
    def messages(self) -> str:
        """All that was sent and received."""
        path = self.folder / f"{self.scenario}-{self.port}.messages"
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_until_bound(self) -> None:
        """Until its socket exists: a TCP connection before that would be refused."""
        deadline = time.monotonic() + _TIMEOUT_S
        wanted = f":{self.port:04X} "
        tables = [Path(f"/proc/net/{name}") for name in ("udp", "udp6", "tcp", "tcp6")]
        while not any(wanted in table.read_text() for table in tables):
            assert time.monotonic() < deadline, f"sipp did not open port {self.port}"
            time.sleep(0.02)

    def finish(self) -> None:
        """Wait; fails with the messages when the scenario did."""
        try:
            code = self.process.wait(timeout=self.timeout_s + 5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        if code != 0:
            errors = self.folder / f"{self.scenario}-{self.port}.errors"
            told = errors.read_text(errors="replace") if errors.exists() else ""
            raise AssertionError(f"sipp {self.scenario} ended with {code}\n{told}\n{self.messages}")
