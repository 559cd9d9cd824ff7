"""The one place where asyncio tasks start, so that none is lost, none fails silently and all stop in time."""

import asyncio
import logging
from collections.abc import Callable, Coroutine

from cms_media.base.errors import ResourceError

log = logging.getLogger(__name__)

MAX_TASKS = 10_000
"""Far above what a bridge needs (a few per connection); reaching it means that something starts tasks in a loop."""


class Tasks:
    """A set of running tasks with one owner. Not thread-safe: for the event loop's thread."""

    def __init__(self, on_failure: Callable[[str, Exception], None] | None = None) -> None:
        """`on_failure` hears of a task's name and exception after it was logged."""
        self._running: set[asyncio.Task[None]] = set()
        self._on_failure = on_failure
        self._stopping = False
        self._failed = 0

    def start(self, name: str, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Runs `work`. Raises ResourceError while stopping or when far too many run."""
        if self._stopping or len(self._running) >= MAX_TASKS:
            work.close()
            raise ResourceError(f"task {name}: {'stopping' if self._stopping else 'too many tasks'}")
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop(self, timeout_s: float = 5.0) -> tuple[str, ...]:
        """Cancels all and waits for them; gives the names of those that had not ended in time. Idempotent."""
        self._stopping = True
        waiting = self._running - {asyncio.current_task()}
        for task in waiting:
            task.cancel()
        if not waiting:
            return ()
        _, late = await asyncio.wait(waiting, timeout=timeout_s)
        names = tuple(sorted(task.get_name() for task in late))
        for name in names:
            log.error("task does not stop task=%s waited_s=%.1f", name, timeout_s)
        return names

    def snapshot(self) -> dict[str, int]:
        """Counts by task name without its number (`leg-12` counts as `leg`), and `failed` since the start."""
        counts: dict[str, int] = {"failed": self._failed}
        for task in self._running:
            name = task.get_name().rstrip("0123456789").rstrip("-")
            counts[name] = counts.get(name, 0) + 1
        return counts

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if not isinstance(error, Exception):
            return
        self._failed += 1
        log.error("task failed task=%s error=%r", task.get_name(), error, exc_info=error)
        if self._on_failure:
            self._on_failure(task.get_name(), error)
