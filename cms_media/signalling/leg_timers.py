"""What legs want done after a while. A leg that has ended leaves nothing behind, however long it wanted to wait.

That matters: for each call the ACK is waited for 32 s, and at 300 calls a second that would keep the last ten thousand.
"""

import asyncio
from collections.abc import Callable

from cms_media.base.types import LegId

Action = Callable[[], None]


class LegTimers:
    """Timers by leg, on the running loop."""

    def __init__(self, post: Callable[[LegId, Action], None]) -> None:
        """`post` gets every action that is due."""
        self._post = post
        self._timers: dict[LegId, list[asyncio.TimerHandle]] = {}

    def __len__(self) -> int:
        """Legs with a timer."""
        return len(self._timers)

    def start(self, delay_s: float, leg: LegId, action: Action) -> None:
        """Posts `action` after so long, unless the leg is forgotten before."""
        loop = asyncio.get_running_loop()
        waiting = [timer for timer in self._timers.get(leg, ()) if timer.when() > loop.time()]
        self._timers[leg] = [*waiting, loop.call_later(delay_s, self._post, leg, action)]

    def forget(self, leg: LegId) -> None:
        """The leg has ended. Idempotent."""
        for timer in self._timers.pop(leg, ()):
            timer.cancel()
