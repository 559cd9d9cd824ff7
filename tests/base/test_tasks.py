"""Supervised tasks: failures are heard, stopping is bounded."""

import asyncio
import logging

import pytest

from cms_media.base.errors import ResourceError
from cms_media.base.tasks import Tasks


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _fail() -> None:
    raise ValueError("broken")


async def test_a_failure_is_logged_counted_and_told(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[tuple[str, Exception]] = []
    tasks = Tasks(lambda name, error: heard.append((name, error)))
    task = tasks.start("reader-1", _fail())
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert [(name, str(error)) for name, error in heard] == [("reader-1", "broken")]
    assert tasks.snapshot() == {"failed": 1}
    assert caplog.records[0].levelno == logging.ERROR
    assert "task=reader-1" in caplog.text
    assert "Traceback" in caplog.text


async def test_stop_cancels_everything_and_refuses_more() -> None:
    tasks = Tasks()
    started = [tasks.start(f"leg-{number}", _for_ever()) for number in range(3)]
    assert tasks.snapshot() == {"failed": 0, "leg": 3}
    assert await tasks.stop() == ()
    assert all(task.cancelled() for task in started)
    assert tasks.snapshot() == {"failed": 0}
    assert await tasks.stop() == ()
    with pytest.raises(ResourceError, match="stopping"):
        tasks.start("late", _for_ever())


async def test_a_task_that_does_not_stop_is_named(caplog: pytest.LogCaptureFixture) -> None:
    release = asyncio.Event()

    async def stubborn() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    tasks = Tasks()
    task = tasks.start("stubborn", stubborn())
    await asyncio.sleep(0)
    assert await tasks.stop(timeout_s=0.0) == ("stubborn",)
    assert "task=stubborn" in caplog.text
    release.set()
    await task


async def test_a_task_may_stop_the_others() -> None:
    tasks = Tasks()
    tasks.start("other", _for_ever())

    async def stopper() -> None:
        await tasks.stop()

    await tasks.start("stopper", stopper())
    assert tasks.snapshot() == {"failed": 0}
