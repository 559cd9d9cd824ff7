"""Runs pjlib on the asyncio thread: when its descriptor is readable, and every 20 ms (100 when idle) for its timers."""

import asyncio
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

TICK_S = 0.02
"""SIP's shortest timer is T1, 500 ms (RFC 3261 section 17.1.1.1)."""
IDLE_TICK_S = 0.1
"""Without a leg only transactions that are over wait for their timers."""


class PjDriver:
    """Calls `libHandleEvents`, then `afterwards`: what pjsip's callbacks left to be done outside them.

    `busy`: whether there are legs.
    """

    def __init__(self, endpoint: Any, afterwards: Callable[[], None], busy: Callable[[], bool]) -> None:
        self._endpoint = endpoint
        self._afterwards = afterwards
        self._busy = busy
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
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._loop:
            self._loop.remove_reader(self._descriptor)
            self._loop = None

    def _poll(self) -> None:
        self._endpoint.libHandleEvents(0)
        self._afterwards()

    def _tick(self) -> None:
        try:
            self._poll()
        finally:
            # Whatever happened: without the tick no SIP timer would ever run again.
            if self._loop:
                self._timer = self._loop.call_later(TICK_S if self._busy() else IDLE_TICK_S, self._tick)
