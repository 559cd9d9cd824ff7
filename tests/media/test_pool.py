"""Places in the pool are filled again, whatever the owner makes of the news."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from cms_media.base.log import LogLevel
from cms_media.media.messages import Message, StartEngine
from cms_media.media.pool import Pool
from cms_media.media.settings import MediaSettings
from cms_media.media.worker_process import WorkerProcess


class _Worker:
    """Runs until the test ends it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.gone = asyncio.Event()

    async def messages(self) -> AsyncIterator[Message]:
        await self.gone.wait()
        return
        yield  # makes this a generator

    async def stop(self) -> None:
        self.gone.set()


class _Clumsy:
    """Fails over every loss."""

    def on_message(self, place: int, message: Message) -> None: ...

    def on_worker_lost(self, place: int) -> None:
        raise RuntimeError("a fault of our own")


async def test_a_fault_over_a_loss_does_not_leave_the_place_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    workers: list[_Worker] = []
    second = asyncio.Event()

    async def start(_: StartEngine) -> _Worker:
        workers.append(_Worker(len(workers)))
        if len(workers) == 2:
            second.set()
        return workers[-1]

    monkeypatch.setattr(WorkerProcess, "start", start)
    pool = Pool(MediaSettings(workers=1), _Clumsy(), 0)
    await pool.start()
    workers[0].gone.set()
    async with asyncio.timeout(5):
        await second.wait()
    await asyncio.sleep(0)
    assert (pool.running(), pool.restarts) == ([0], 1)
    await pool.stop()


async def test_workers_write_as_much_as_control(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started: list[StartEngine] = []

    async def start(settings: StartEngine) -> _Worker:
        started.append(settings)
        return _Worker(1)

    monkeypatch.setattr(WorkerProcess, "start", start)
    caplog.set_level(logging.WARNING)  # of libraries
    for level in (logging.INFO, logging.DEBUG):
        caplog.set_level(level, "cms_media")
        pool = Pool(MediaSettings(workers=1), _Clumsy(), 0)
        await pool.start()
        await pool.stop()
    assert [each.log_level for each in started] == [LogLevel.INFO, LogLevel.DEBUG]
