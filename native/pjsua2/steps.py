"""Progress of a long build: one line per step on stderr, all output of commands in a log file."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

LOG_TAIL_LINES = 30


class BuildError(Exception):
    """A step failed; the text says which and where its log is."""


class Steps:
    """Prints what is being done, and for how long; runs the commands of it."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._began_s = time.monotonic()

    def say(self, text: str) -> None:
        """One line with the time since the build began."""
        print(f"[pjsua2 {time.monotonic() - self._began_s:5.1f} s] {text}", file=sys.stderr, flush=True)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Announce a step, and say how long it took."""
        self.say(f"{title} ...")
        began_s = time.monotonic()
        yield
        self.say(f"{title}: {time.monotonic() - began_s:.1f} s")

    def run(
        self,
        command: Sequence[str],
        cwd: Path,
        timeout_s: float = 1800.0,
        extra_env: Mapping[str, str] | None = None,
    ) -> None:
        """Run to the end with output in the log; BuildError when it fails or takes too long."""
        with self._log.open("ab") as log:
            log.write(f"\n$ {' '.join(command)}\n".encode())
            log.flush()
            try:
                done = subprocess.run(
                    list(command),
                    cwd=cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    timeout=timeout_s,
                    check=False,
                    env={**os.environ, **(extra_env or {})},
                )
            except FileNotFoundError as error:
                raise BuildError(f"{command[0]} is not installed") from error
            except subprocess.TimeoutExpired as error:
                raise BuildError(f"{command[0]} took longer than {timeout_s:.0f} s") from error
        if done.returncode != 0:
            raise BuildError(f"{' '.join(command[:4])} failed with {done.returncode}\n{self._tail()}")

    def _tail(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
        return "\n".join([*lines, f"(all of it: {self._log})"])
