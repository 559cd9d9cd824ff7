"""Priorities, with a kernel that permits what the test says."""

import logging
import os

import pytest

from cms_media.media.worker import priority


class Kernel:
    """Notes what was set; refuses what `permits` lacks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *permits: str) -> None:
        self.permits = permits
        self.niceness = 0
        monkeypatch.setattr(os, "setpriority", self._set_niceness)
        monkeypatch.setattr(os, "getpriority", lambda _which, _who: self.niceness)

    def _set_niceness(self, which: int, who: int, niceness: int) -> None:
        if niceness < self.niceness and "nice" not in self.permits:
            raise PermissionError
        self.niceness = niceness


@pytest.mark.parametrize(
    ("permits", "sound", "pictures", "said"),
    [
        (("nice", "fifo"), -5, -5, []),
        (("nice",), -5, 0, ["real_time"]),
        (("fifo",), 0, 0, ["niceness"]),
        ((), 0, 5, ["niceness", "real_time"]),
    ],
)
def test_sound_goes_before_pictures_and_what_is_not_permitted_is_said_once(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    permits: tuple[str, ...],
    sound: int,
    pictures: int,
    said: list[str],
) -> None:
    kernel = Kernel(monkeypatch, *permits)
    priority.be_urgent()
    assert kernel.niceness == sound, "what the native thread inherits"
    priority.step_back_behind_sound("fifo" in permits)
    assert kernel.niceness == pictures
    assert [f"what={what}" in record.message for what, record in zip(said, caplog.records, strict=True)] == [
        True
    ] * len(said)


@pytest.mark.parametrize(("cpu", "pinned", "said"), [(-1, False, 0), (1, True, 0), (7, False, 1)])
def test_a_processor_that_is_not_ours_is_named(
    caplog: pytest.LogCaptureFixture, cpu: int, pinned: bool, said: int
) -> None:
    priority.check_pinning(cpu, pinned)
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == said


@pytest.mark.parametrize(("cpu", "permitted", "stays"), [(-1, True, []), (3, True, [{3}]), (3, False, [])])
def test_the_thread_stays_where_it_may(
    monkeypatch: pytest.MonkeyPatch, cpu: int, permitted: bool, stays: list[set[int]]
) -> None:
    asked: list[set[int]] = []

    def ask(_thread: int, cpus: set[int]) -> None:
        if not permitted:
            raise OSError(22, "no such processor")
        asked.append(cpus)

    monkeypatch.setattr(os, "sched_setaffinity", ask)
    assert priority.stay_on(cpu) == bool(stays)
    assert asked == stays
