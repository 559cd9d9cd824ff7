"""Runs pjlib on the asyncio thread: when its descriptor is readable, and when one of its timers is due."""

import asyncio
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

LEAST_PAUSE_S = 0.02
"""Timers that are due closer together are served together; SIP's shortest is T1, 500 ms (RFC 3261 section 17.1.1.1)."""
LONGEST_PAUSE_S = 1.0
"""Connections that were closed are cleared away without a timer."""


class PjDriver:
    """Calls `libHandleEvents`, then `afterwards`: what pjsip's callbacks left to be done outside them."""

    def __init__(self, endpoint: Any, afterwards: Callable[[], None]) -> None:
        self._endpoint = endpoint
        self._afterwards = afterwards
        self._loop: asyncio.AbstractEventLoop | None = None
        self._descriptor = -1
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Needs a running loop and an initialised pjsua2."""
        self._loop = asyncio.get_running_loop()
        self._descriptor = pj.cms_ioqueue_fd()
        self._loop.add_reader(self._descriptor, self._poll)
        self._tick()

    def stop(self) -> None:
        """Idempotent."""
        self._forget_timer()
        if self._loop:
            self._loop.remove_reader(self._descriptor)
            self._loop = None

    def look_ahead(self) -> None:
        """Something was asked of pjsip: it may have set a timer."""
        if not self._loop:
            return
        pause_s = pj.cms_next_timer_ms() / 1000
        if not 0.0 <= pause_s <= LONGEST_PAUSE_S:
            pause_s = LONGEST_PAUSE_S
        due_s = self._loop.time() + max(pause_s, LEAST_PAUSE_S)
        # one that comes sooner looks again
        if self._timer is None or self._timer.when() > due_s:
            self._forget_timer()
            self._timer = self._loop.call_at(due_s, self._tick)

    def _poll(self) -> None:
        try:
            self._endpoint.libHandleEvents(0)
            self._afterwards()
        finally:
            # Whatever happened: without a timer of ours no SIP timer would ever run again.
            self.look_ahead()

    def _tick(self) -> None:
        self._timer = None
        self._poll()

    def _forget_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
