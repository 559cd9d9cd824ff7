import asyncio
import gc
import weakref

from cms_media.base.types import LegId
from cms_media.signalling.leg_timers import Action, LegTimers

A, B = map(LegId, "ab")


class Waiting:
    """What an action belongs to."""

    def act(self) -> None: ...


async def test_what_is_due_is_posted_for_its_leg() -> None:
    posted: list[tuple[LegId, Action]] = []
    done = asyncio.Event()

    def post(leg: LegId, action: Action) -> None:
        posted.append((leg, action))
        done.set()

    timers, waiting = LegTimers(post), Waiting()
    timers.start(0.0, A, waiting.act)
    await asyncio.wait_for(done.wait(), 5)
    assert posted == [(A, waiting.act)]


async def test_a_leg_that_ended_leaves_nothing() -> None:
    timers = LegTimers(lambda leg, action: None)
    waiting = Waiting()
    left = weakref.ref(waiting)
    timers.start(3600.0, A, waiting.act)
    timers.start(3600.0, B, lambda: None)
    timers.forget(A)
    timers.forget(A)
    del waiting
    gc.collect()
    assert left() is None
    assert len(timers) == 1
    timers.forget(B)
    assert len(timers) == 0


async def test_timers_that_are_over_are_not_kept() -> None:
    posted: list[LegId] = []
    timers = LegTimers(lambda leg, action: posted.append(leg))
    waiting = Waiting()
    left = weakref.ref(waiting)
    timers.start(0.0, A, waiting.act)
    del waiting
    while not posted:
        await asyncio.sleep(0)
    timers.start(3600.0, A, lambda: None)
    gc.collect()
    assert left() is None
    timers.forget(A)
