"""One bridge per data directory."""

import os
import stat
from pathlib import Path

import pytest

from cms_media.app.data_directory import LOCK_NAME, DataDirectory
from cms_media.base.errors import SettingsError


def test_it_is_made_private_and_holds_our_pid(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path / "a" / "b")
    directory.open()
    assert stat.S_IMODE(directory.path.stat().st_mode) == 0o700
    assert (directory.path / LOCK_NAME).read_text() == f"{os.getpid()}\n"
    directory.close()
    directory.close()


def test_a_second_bridge_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    first, second = DataDirectory(tmp_path), DataDirectory(tmp_path)
    first.open()
    with pytest.raises(SettingsError, match=r"data\.directory: .* in use by another bridge \(pid \d+\)"):
        second.open()
    first.close()
    second.open()
    second.close()


def test_a_file_in_its_place_is_the_configurations_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"data\.directory"):
        DataDirectory(tmp_path / "file").open()
