"""Rings between processes, from Python: views of the memory, errors as Python knows them."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from cms_media.native import SlotRing


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = str(tmp_path / "ring")
    SlotRing.create(path, 3, 1000)
    return path


def test_another_process_reads_what_was_written(path: str) -> None:
    ring = SlotRing(path)
    ring.begin(5)[:4] = b"tile"
    ring.commit(5, 4, 1.25, tag=9)
    program = (
        "import sys; from cms_media.native import SlotRing; ring = SlotRing(sys.argv[1]); ring.wish();"
        "view, time_s, tag = ring.read(ring.newest()); print(bytes(view).decode(), time_s, tag)"
    )
    told = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["tile", "1.25", "9"]
    assert ring.wishes() == 1


def test_a_view_keeps_the_memory_alive(path: str) -> None:
    ring = SlotRing(path)
    ring.begin(1)[:3] = b"abc"
    ring.commit(1, 3, 0.0)
    record = SlotRing(path).read(1)
    assert record is not None
    gc.collect()
    assert bytes(record[0]) == b"abc"
    with pytest.raises(TypeError):
        record[0][0] = 1


def test_what_cannot_be_is_said(path: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        SlotRing(str(tmp_path / "nowhere"))
    with pytest.raises(FileExistsError):
        SlotRing.create(path, 3, 1000)
    with pytest.raises(ValueError, match="slots"):
        SlotRing.create(str(tmp_path / "other"), 1, 1000)
    ring = SlotRing(path)
    assert ring.read(1) is None
    with pytest.raises(ValueError, match="size"):
        ring.commit(1, 1001, 0.0)
    with pytest.raises(ValueError, match="number"):
        ring.begin(0)
