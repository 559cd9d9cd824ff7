"""The status of a running bridge as JSON values. Its keys are an interface: scripts and tests read them.

- version, uptime_s
- calls[]: id, space, uri, layout, participants, active_speaker, duration_s, legs[]
- legs[]: id, name, uri, peer, state, direction, codec_audio, codec_video, encrypted, ... and media's own values
- workers[]: id, pid, legs, cpu_percent, late_ticks, ladder, ladder_step, ... and the worker's own values
- signalling: listening, counters by name, pools and pool_bytes: what the SIP stack holds of calls and transactions
- conference: counters by name
- load: media_processing_load and limit in load units (720p30 = 1000), percent, overloaded (newcomers are told 503)
"""

from collections import deque
from collections.abc import Callable, Mapping

from cms_media.base.clock import Clock
from cms_media.conference.bridge import Bridge

Values = Mapping[str, object]

SAMPLE_S = 0.5
"""How often `sample` wants to be called."""
_WINDOW = 8
"""Samples over which the load is averaged."""


class StatusPage:
    """Puts together what domain and planes say of themselves."""

    def __init__(
        self,
        version: str,
        clock: Clock,
        bridge: Bridge,
        media: Callable[[], Values],
        signalling: Callable[[], Values],
    ) -> None:
        self._version = version
        self._clock = clock
        self._bridge = bridge
        self._media = media
        self._signalling = signalling
        self._started_s = clock()
        self._loads: dict[object, deque[tuple[float, float]]] = {}

    def sample(self) -> None:
        """Remember how much CPU time each worker has had, to know its load now rather than since its start."""
        now, workers = self._clock(), self._workers()
        self._loads = {
            worker["pid"]: self._loads.get(worker["pid"], deque(maxlen=_WINDOW)) for worker in workers
        }
        for worker in workers:
            self._loads[worker["pid"]].append((now, _number(worker, "cpu_s")))

    def values(self) -> dict[str, object]:
        """Everything, now."""
        domain = self._bridge.snapshot()
        signalling = self._signalling()
        return {
            "version": self._version,
            "uptime_s": round(self._clock() - self._started_s, 1),
            "calls": domain["calls"],
            "workers": [self._worker(worker) for worker in self._workers()],
            "signalling": {
                "listening": signalling.get("listening", []),
                **_mapping(signalling, "counters"),
                **_mapping(signalling, "memory"),
            },
            "conference": domain["counters"],
            "load": self._media().get("load", {}),
        }

    def _workers(self) -> list[Values]:
        workers = self._media().get("workers")
        return list(workers) if isinstance(workers, list) else []

    def _worker(self, worker: Values) -> dict[str, object]:
        return {
            **worker,
            "id": worker.get("place", 0),
            "legs": worker.get("legs", 0),
            "cpu_percent": self._cpu_percent(worker),
            "late_ticks": worker.get("engine_late_ticks", 0),
        }

    def _cpu_percent(self, worker: Values) -> float:
        samples = self._loads.get(worker["pid"])
        if not samples:
            return 0.0
        (then_s, before_s) = samples[0]
        passed_s = self._clock() - then_s
        return round(100 * (_number(worker, "cpu_s") - before_s) / passed_s, 1) if passed_s > 0 else 0.0


def _mapping(values: Values, key: str) -> Values:
    value = values.get(key)
    return value if isinstance(value, Mapping) else {}


def _number(values: Values, key: str) -> float:
    value = values.get(key, 0.0)
    return float(value) if isinstance(value, int | float) else 0.0
