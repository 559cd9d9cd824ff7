"""Asking all workers for the accounts of their legs, when somebody wants them and not otherwise.

run ─► ReportLegs to every worker ─► LegStatuses, in parts ─► each has said its last ─► run returns
"""

import asyncio
from collections.abc import Callable, Collection

PATIENCE_S = 1.0
"""A worker that is busy for longer is not waited for: what it last said stands."""


class Inquiry:
    """At most one at a time: who asks meanwhile gets the same answer. For the event loop's thread."""

    def __init__(self, ask: Callable[[int], None]) -> None:
        """`ask` sends a worker the question."""
        self._ask = ask
        self._waiting: set[int] = set()
        self._done = asyncio.Event()

    async def run(self, places: Collection[int]) -> None:
        """Returns when all have answered in full, or time is up."""
        if not self._waiting:
            self._begin(places)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._done.wait()
        except TimeoutError:
            self._waiting.clear()

    def answered(self, place: int) -> None:
        """The worker has nothing more to say, or is gone."""
        self._waiting.discard(place)
        if not self._waiting:
            self._done.set()

    def _begin(self, places: Collection[int]) -> None:
        self._waiting = set(places)
        self._done = asyncio.Event()
        if not places:
            self._done.set()
        for place in places:
            self._ask(place)
