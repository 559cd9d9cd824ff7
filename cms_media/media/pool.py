"""The worker processes: started together, each replaced when it dies.

A worker's place in the pool outlives its process: a place has a number, a share of the ports, and whatever runs there.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Protocol

from cms_media.base.errors import ResourceError
from cms_media.base.log import LogLevel
from cms_media.base.tasks import Tasks
from cms_media.media.messages import Message, StartEngine, WorkerStatus
from cms_media.media.settings import AskForLess, MediaSettings
from cms_media.media.worker_process import WorkerProcess

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
"""Between restarts of a worker that dies at once, doubling up to this."""

_LOOK_S = 0.5
_SILENT_LOOKS = 5
"""A worker whose two threads run reports its load every second: one that has not for 2.5 s hangs."""

log = logging.getLogger(__name__)


class PoolEvents(Protocol):
    """What the pool tells its owner, on the control plane's thread."""

    def on_message(self, place: int, message: Message) -> None: ...

    def on_worker_lost(self, place: int) -> None:
        """The process died; everything that it had is gone. A new one is being started."""


class Pool:
    """All places."""

    def __init__(self, settings: MediaSettings, events: PoolEvents, source_bitrate_bps: int) -> None:
        """`source_bitrate_bps`: see StartEngine."""
        self._settings = settings
        self._events = events
        self._source_bitrate_bps = source_bitrate_bps
        self._workers: dict[int, WorkerProcess] = {}
        self._keepers = Tasks()
        self._loads: dict[int, Mapping[str, float | int | str]] = {}
        self._busy: dict[int, float] = {}
        self.restarts = 0

    async def start(self) -> None:
        """Starts all workers. Raises ResourceError when one does not start; the others are stopped then."""
        places = range(self._settings.places)
        try:
            for place in places:
                self._workers[place] = await WorkerProcess.start(self._engine_settings(place))
        except (ResourceError, OSError):
            await self.stop()
            raise
        for place in places:
            self._keepers.start(f"media-{place}", self._keep(place))
        self._keepers.start("media-watch", self._watch())

    async def stop(self) -> None:
        """Ends all workers. Idempotent."""
        await self._keepers.stop()
        workers, self._workers = self._workers, {}
        await asyncio.gather(*(worker.stop() for worker in workers.values()))

    def running(self) -> list[int]:
        """Places where a worker runs."""
        return sorted(self._workers)

    def send(self, place: int, message: Message) -> None:
        """To the worker at a place; dropped when it is just being replaced: its legs know already."""
        worker = self._workers.get(place)
        if worker is not None:
            worker.send(message)

    def busy(self) -> Mapping[int, float]:
        """Share of a processor that each worker used between its last two reports."""
        return self._busy

    def snapshot(self) -> list[Mapping[str, float | int | str]]:
        """Load of every worker, as it last said."""
        return [
            {"place": place, "pid": worker.pid, **self._loads.get(place, {})}
            for place, worker in sorted(self._workers.items())
        ]

    async def _keep(self, place: int) -> None:
        """Listens to the worker, and puts a new one in its place as often as it dies."""
        while True:
            worker = self._workers[place]
            async for message in worker.messages():
                self._take(place, message)
            log.error("event=worker_lost place=%d pid=%d", place, worker.pid)
            del self._workers[place]
            self._loads.pop(place, None)
            self._busy.pop(place, None)
            self._tell_lost(place)
            await worker.stop()
            self.restarts += 1
            self._workers[place] = await self._replace(place)
            log.info("event=worker_replaced place=%d pid=%d", place, self._workers[place].pid)

    async def _watch(self) -> None:
        """Ends workers that hang; `_keep` then sees them die.

        Looks, not seconds, are counted: after a pause of control's own, reports that came meanwhile are read first.
        """
        silent: dict[int, int] = {}
        while True:
            await asyncio.sleep(_LOOK_S)
            for place, worker in self._workers.items():
                heard, worker.heard = worker.heard, False
                silent[worker.pid] = 0 if heard else silent.get(worker.pid, 0) + 1
                if silent[worker.pid] >= _SILENT_LOOKS:
                    log.error(
                        "event=worker_hangs place=%d pid=%d silent_s=%.1f",
                        place,
                        worker.pid,
                        _SILENT_LOOKS * _LOOK_S,
                    )
                    worker.kill()

    async def _replace(self, place: int) -> WorkerProcess:
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                return await WorkerProcess.start(self._engine_settings(place))
            except (ResourceError, OSError) as error:
                log.error("event=worker_does_not_start place=%d error=%s", place, error)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def _take(self, place: int, message: Message) -> None:
        if isinstance(message, WorkerStatus):
            self._note_load(place, message.values)
        try:
            self._events.on_message(place, message)
        except Exception:  # a fault in one handler must not deafen us to the worker
            log.exception("event=handler_failed message=%s", type(message).__name__)

    def _note_load(self, place: int, values: Mapping[str, float | int | str]) -> None:
        before, self._loads[place] = self._loads.get(place, {}), values
        used_s, past_s = (float(values[key]) - float(before.get(key, 0.0)) for key in ("cpu_s", "uptime_s"))
        self._busy[place] = used_s / past_s if past_s > 0 else 0.0

    def _tell_lost(self, place: int) -> None:
        try:
            self._events.on_worker_lost(place)
        except Exception:  # a fault in one handler must not leave the place empty
            log.exception("event=handler_failed place=%d", place)

    def _engine_settings(self, place: int) -> StartEngine:
        port_min, port_max = self._settings.port_range(place)
        return StartEngine(
            port_min,
            port_max,
            self._settings.silence_timeout_s,
            self._settings.cpu(place),
            self._settings.pictures_cpu(place),
            _log_level(),
            self._source_bitrate_bps,
            self._settings.ask_for_less is AskForLess.REINVITE,
            self._settings.layout_fade_s,
            self._settings.h264_encoder,
            self._settings.vp8_encoder,
        )


def _log_level() -> LogLevel:
    """Workers write as much as we do."""
    name = logging.getLevelName(logging.getLogger("cms_media").getEffectiveLevel()).lower()
    return LogLevel(name) if name in tuple(LogLevel) else LogLevel.INFO
