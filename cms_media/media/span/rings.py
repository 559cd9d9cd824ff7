"""The folder of shared memory in which a bridge's rings live, and what is done when it is full."""

import logging
import os
import shutil
import tempfile
from itertools import count
from pathlib import Path

from cms_media.native import SlotRing

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder is ours alone (mode 0700) and has a random name
_PREFIX = "cms-media-"

log = logging.getLogger(__name__)


class Rings:
    """Makes and removes rings; owned by control. Each has a name of its own: an old reader meets no new ring."""

    def __init__(self, base: Path | None = None) -> None:
        self._base = base or _base()
        self.folder: Path | None = None
        """Ours; None before the first ring."""
        self._numbers = count(1)
        self.failures = 0
        """Rings that could not be made: no shared memory left, most likely."""

    def make(self, name: str, slots: int, slot_bytes: int) -> str | None:
        """The path of a new ring; None when the system has no room for it, which is counted and logged."""
        if self.folder is None:
            self.folder = self._open()
        path = str(self.folder / f"{next(self._numbers)}-{name}")
        try:
            SlotRing.create(path, slots, slot_bytes)
        except OSError as error:
            if self.failures == 0:
                log.error(
                    "event=shared_memory_full folder=%s bytes=%d error=%s",
                    self._base,
                    slots * slot_bytes,
                    error,
                )
            self.failures += 1
            return None
        return path

    def remove(self, path: str) -> None:
        """The name goes at once, the memory when nobody has it mapped any more."""
        Path(path).unlink(missing_ok=True)

    def close(self) -> None:
        """Removes everything. Idempotent."""
        folder, self.folder = self.folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _open(self) -> Path:
        """Makes the folder, and removes those of bridges that were killed."""
        for left in self._base.glob(f"{_PREFIX}*"):
            if _is_orphan(left):
                shutil.rmtree(left, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=self._base))


def _base() -> Path:
    """Shared memory proper; where there is none, any folder does: files are mapped all the same."""
    return _SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else Path(tempfile.gettempdir())


def _is_orphan(folder: Path) -> bool:
    """Whether the bridge that made it is gone. Other users' folders are none of our business."""
    pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
    try:
        return folder.stat().st_uid == os.getuid() and pid.isdigit() and not Path(f"/proc/{pid}").exists()
    except OSError:
        return False
