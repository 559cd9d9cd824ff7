import asyncio
import os
from collections.abc import Callable, Iterator

import pytest

from cms_media.signalling import driver
from cms_media.signalling.driver import PjDriver

Ticking = Callable[["Endpoint"], PjDriver]


class Endpoint:
    """Counts its polls; fails in those that it is told to."""

    def __init__(self, enough: int, faulty: int = 0) -> None:
        self.polls = 0
        self.done = asyncio.Event()
        self._enough = enough
        self._faulty = faulty

    def libHandleEvents(self, _: int) -> None:  # noqa: N802 - pjsua2's name
        self.polls += 1
        if self.polls == self._enough:
            self.done.set()
        if self.polls == self._faulty:
            raise RuntimeError("a bug of ours")


@pytest.fixture
def next_timer_ms() -> list[int]:
    """When pjlib's next timer is due."""
    return [0]


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch, next_timer_ms: list[int]) -> Iterator[Ticking]:
    monkeypatch.setattr(driver, "LEAST_PAUSE_S", 0.0)
    reading, writing = os.pipe()
    monkeypatch.setattr(driver.pj, "cms_ioqueue_fd", lambda: reading)
    monkeypatch.setattr(driver.pj, "cms_next_timer_ms", lambda: next_timer_ms[0])
    made: list[PjDriver] = []

    def make(endpoint: Endpoint) -> PjDriver:
        made.append(PjDriver(endpoint, lambda: None))
        return made[-1]

    yield make
    for each in made:
        each.stop()
        each.stop()
    os.close(reading)
    os.close(writing)


async def test_ticks_go_on_after_a_fault(ticking: Ticking) -> None:
    endpoint = Endpoint(enough=3, faulty=1)
    with pytest.raises(RuntimeError):
        ticking(endpoint).start()
    await asyncio.wait_for(endpoint.done.wait(), 5.0)


async def test_without_a_timer_it_looks_now_and_then(
    ticking: Ticking, next_timer_ms: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "LONGEST_PAUSE_S", 0.0)
    next_timer_ms[0] = -1
    endpoint = Endpoint(enough=3)
    ticking(endpoint).start()
    await asyncio.wait_for(endpoint.done.wait(), 5.0)


async def test_it_sleeps_until_something_asked_of_pjsip_is_due(
    ticking: Ticking, next_timer_ms: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "LONGEST_PAUSE_S", 3600.0)
    next_timer_ms[0] = 3_600_000
    endpoint = Endpoint(enough=2)
    made = ticking(endpoint)
    made.start()
    for _ in range(3):
        await asyncio.sleep(0)
    assert endpoint.polls == 1
    next_timer_ms[0] = 0
    made.look_ahead()
    await asyncio.wait_for(endpoint.done.wait(), 5.0)
