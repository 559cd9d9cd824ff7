"""The directory that a bridge keeps its files in: made at first start, private, and of one bridge at a time."""

import fcntl
import os
from pathlib import Path

from cms_media.base.errors import SettingsError

LOCK_NAME = "bridge.pid"


class DataDirectory:
    """`open` locks it for as long as this process lives or until `close`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    def open(self) -> None:
        """Raises SettingsError when it cannot be used, or another bridge uses it."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.path / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise SettingsError(f"data.directory: {self.path}: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 20, 0).decode(errors="replace").strip()
            os.close(lock)
            raise SettingsError(
                f"data.directory: {self.path} is in use by another bridge (pid {holder}): "
                "stop that one or give this one a directory of its own"
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        self._lock = lock

    def close(self) -> None:
        """Unlocks it. Idempotent. The lock file stays: removing it would let two bridges lock two files."""
        lock, self._lock = self._lock, None
        if lock is not None:
            os.ftruncate(lock, 0)
            os.close(lock)
