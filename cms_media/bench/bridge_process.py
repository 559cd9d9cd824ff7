"""A `cms-media serve` process with a folder of its own: configured, started, waited for and ended. Tests use it too."""

import os
import signal
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

COMMAND = str(Path(sys.executable).parent / "cms-media")
"""Of the checkout, or the installation, that runs this."""

_START_S, _STOP_S = 30.0, 10.0
_DATA = """\
[data]
directory = "{folder}/data"
"""


@dataclass(frozen=True, slots=True)
class BridgeProcess:
    """A running bridge; its configuration, data and log are in `folder`."""

    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def pid(self) -> int:
        """Of control; workers are its children."""
        return self.process.pid

    @property
    def config(self) -> Path:
        """For commands about it."""
        return self.folder / "cms_media.toml"

    @property
    def data(self) -> Path:
        """Database, certificate and control socket."""
        return self.folder / "data"

    def status(self) -> dict[str, Any]:
        """As `cms-media status --json`. Raises RequestError."""
        return ask(self.data, "status")

    def log(self) -> str:
        """All that it has said."""
        return (self.folder / "bridge.log").read_text(errors="replace")


@contextmanager
def bridge_process(folder: Path, settings: str, cores: set[int] | None = None) -> Iterator[BridgeProcess]:
    """A bridge for the length of a `with` block. Raises ResourceError when it does not start.

    `settings` is its configuration without [data]; what that leaves out has its default, or what the environment says.
    `cores` are those it may run on; None: all.
    """
    (folder / "cms_media.toml").write_text(_DATA.format(folder=folder) + settings)
    bridge = BridgeProcess(_serve(folder), folder)
    if cores is not None:
        # before it has threads or children: they inherit it
        os.sched_setaffinity(bridge.pid, cores)
    try:
        _wait_until_up(bridge)
        yield bridge
    finally:
        _end(bridge.process)


def _serve(folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "bridge.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - ourselves
            [COMMAND, "serve", "--config", str(folder / "cms_media.toml")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _wait_until_up(bridge: BridgeProcess) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            bridge.status()
        except RequestError:
            if bridge.process.poll() is not None or time.monotonic() > deadline:
                raise ResourceError(f"the bridge did not start:\n{bridge.log()[-2000:]}") from None
            time.sleep(0.1)
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
