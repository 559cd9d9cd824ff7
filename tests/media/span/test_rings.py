"""The folder of shared memory: made when needed, cleaned of what others left, full without harm."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cms_media.media.span.rings import Rings
from cms_media.native import SlotRing


def test_rings_are_there_until_they_are_removed(tmp_path: Path) -> None:
    rings = Rings(tmp_path)
    path = rings.make("tile", 2, 100)
    assert path is not None
    assert SlotRing(path).slot_bytes == 100
    assert rings.folder is not None
    assert rings.folder.stat().st_mode & 0o777 == 0o700
    rings.remove(path)
    rings.remove(path)
    assert list(rings.folder.iterdir()) == []
    rings.close()
    assert list(tmp_path.iterdir()) == []


def test_equal_names_are_different_rings(tmp_path: Path) -> None:
    rings = Rings(tmp_path)
    assert rings.make("x", 2, 1) != rings.make("x", 2, 1)


def test_what_a_killed_bridge_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True
    )
    dead, alive, other = (
        tmp_path / name for name in (f"cms-media-{gone.stdout.strip()}-x", f"cms-media-{os.getpid()}-y", "z")
    )
    for folder in (dead, alive, other):
        folder.mkdir()
    Rings(tmp_path).make("x", 2, 1)
    assert (dead.exists(), alive.exists(), other.exists()) == (False, True, True)


def test_no_memory_is_counted_and_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(path: str, slots: int, slot_bytes: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(SlotRing, "create", full)
    rings = Rings(tmp_path)
    assert [rings.make("x", 2, 1), rings.make("x", 2, 1)] == [None, None]
    assert rings.failures == 2
    assert caplog.text.count("event=shared_memory_full") == 1
