"""`sip_server.py` as a process: its events as a list, commands by method."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cms_media.endpoint.free_port import free_port

_SCRIPT = Path(__file__).with_name("sip_server.py")
_ROOT = _SCRIPT.parents[2]
_WAIT_S = 10.0

Event = dict[str, Any]


class SipProcess:
    """A running stack. `udp`, `tcp`, `tls`: its ports."""

    def __init__(self, folder: Path, *, quiet: bool = False, restarts: int = 0, **settings: Any) -> None:
        self.folder = folder
        self.udp, self.tcp, self.tls = free_port(), free_port(), free_port()
        ports = {"udp_port": self.udp, "tcp_port": self.tcp, "tls_port": self.tls, "address": "127.0.0.1"}
        arguments = {"settings": ports | settings, "data": str(folder), "quiet": quiet, "restarts": restarts}
        self._errors = (folder / "stderr.txt").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, str(_SCRIPT), json.dumps(arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=_ROOT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(_ROOT)])},
            text=True,
        )
        self.events: list[Event] = []
        self._ended = False
        self._news = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        self.wait(lambda event: event["event"] == "listening")

    @property
    def errors(self) -> str:
        """What the process wrote to stderr: its log."""
        return (self.folder / "stderr.txt").read_text()

    def tell(self, **command: Any) -> None:
        """See sip_server.obey."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def wait(self, wanted: Callable[[Event], bool], since: int = 0, timeout_s: float = _WAIT_S) -> Event:
        """The first such event from number `since` on; fails when none comes."""
        deadline = time.monotonic() + timeout_s
        with self._news:
            while True:
                for event in self.events[since:]:
                    if wanted(event):
                        return event
                left = deadline - time.monotonic()
                if left <= 0 or self._ended or not self._news.wait(left):
                    raise AssertionError(f"not seen in {self.events[since:]}\n{self.errors}")

    def snapshot(self) -> dict[str, Any]:
        """The stack's account of itself."""
        since = len(self.events)
        self.tell(do="snapshot")
        found: dict[str, Any] = self.wait(lambda event: event["event"] == "snapshot", since)["snapshot"]
        return found

    def story(self, since: int, timeout_s: float = _WAIT_S) -> list[Event]:
        """All events of the first leg seen from number `since` on, to its end."""
        leg = self.wait(lambda event: event["leg"] is not None, since)["leg"]
        self.wait(lambda event: event["leg"] == leg and event["event"] == "ended", since, timeout_s)
        return [event for event in self.events[since:] if event["leg"] == leg]

    def stop(self) -> None:
        """Close its stdin and wait; asserts that it ended by itself, without a fault of its own."""
        assert self.process.stdin
        self.process.stdin.close()
        try:
            code = self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self._errors.close()
        assert code == 0, self.errors
        assert self.wait(lambda event: event["event"] == "stopped")["faults"] == 0, self.errors

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self._news:
                self.events.append(json.loads(line))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()


@contextmanager
def sip_process(folder: Path, **settings: Any) -> Iterator[SipProcess]:
    """A stack for the length of a block."""
    process = SipProcess(folder, **settings)
    try:
        yield process
    finally:
        process.stop()
