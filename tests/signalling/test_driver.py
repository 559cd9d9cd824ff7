import asyncio
import os

import pytest

from cms_media.signalling import driver
from cms_media.signalling.driver import PjDriver


class FaultyEndpoint:
    """Counts its polls; fails in the first."""

    def __init__(self, enough: int) -> None:
        self.polls = 0
        self.done = asyncio.Event()
        self._enough = enough

    def libHandleEvents(self, _: int) -> None:  # noqa: N802 - pjsua2's name
        self.polls += 1
        if self.polls == self._enough:
            self.done.set()
        if self.polls == 1:
            raise RuntimeError("a bug of ours")


async def test_ticks_go_on_after_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "TICK_S", 0.0)
    reading, writing = os.pipe()
    monkeypatch.setattr(driver.pj, "cms_ioqueue_fd", lambda: reading)
    endpoint = FaultyEndpoint(enough=3)
    ticking = PjDriver(endpoint, lambda: None, lambda: True)
    with pytest.raises(RuntimeError):
        ticking.start()
    await asyncio.wait_for(endpoint.done.wait(), 5.0)
    ticking.stop()
    ticking.stop()
    os.close(reading)
    os.close(writing)
