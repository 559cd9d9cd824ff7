"""What a worker reports: its own load once a second, every leg's figures when asked."""

import logging
import time
from collections.abc import Mapping

from cms_media.base.types import LegId
from cms_media.conference.ports import LegMediaStatus
from cms_media.media.messages import LegStatuses
from cms_media.media.worker.leg import Leg
from cms_media.media.worker.stage import Stage
from cms_media.native import Engine

Value = float | int | str
Values = dict[str, Value]

_PART = 40
"""Legs told of at a time: about two milliseconds."""

log = logging.getLogger(__name__)


class _Rate:
    """Per second, from a counter read now and then."""

    def __init__(self) -> None:
        self.per_s = 0.0
        """Between the last two readings."""
        self._last: tuple[float, int] | None = None

    def read(self, count: int, now_s: float) -> None:
        last, self._last = self._last, (now_s, count)
        if last is not None and now_s > last[0]:
            self.per_s = round((count - last[1]) / (now_s - last[0]), 1)


class _Rates:
    """Of a leg with video."""

    def __init__(self) -> None:
        self.units_in = _Rate()
        self.frames_out = _Rate()
        self.bytes_out = _Rate()


class Account:
    """Reads counters; keeps only what it needs to make rates of them."""

    def __init__(self, stage: Stage, engine: Engine) -> None:
        self._stage = stage
        self._engine = engine
        self._began_s = time.monotonic()
        self._ticks = -1
        self._rates: dict[LegId, _Rates] = {}
        self._unreported: list[LegId] = []
        self._trains_leave = True

    def sample(self, now_s: float) -> None:
        """Once a second: reads the counters of which rates are made."""
        with_video = self._stage.with_video()
        self._rates = {leg.id: self._rates.get(leg.id) or _Rates() for leg in with_video}
        for leg in with_video:
            rates = self._rates[leg.id]
            rates.units_in.read(self._units(leg), now_s)
            view = self._stage.gallery.view_of(leg.id)
            if view is not None:
                rates.frames_out.read(view.frames, now_s)
                rates.bytes_out.read(view.bytes, now_s)

    @property
    def asked(self) -> bool:
        """There are legs to be reported."""
        return bool(self._unreported)

    def ask(self) -> LegStatuses | None:
        """Somebody wants to know of all legs; the answer at once when there are none."""
        self._unreported = list(self._stage.legs)
        return None if self._unreported else LegStatuses((), last=True)

    def next_part(self) -> LegStatuses:
        """The next few legs: with many all at once would hold up the pictures."""
        part, self._unreported = self._unreported[:_PART], self._unreported[_PART:]
        legs = [self._stage.legs[leg] for leg in part if leg in self._stage.legs]
        statuses = tuple(LegMediaStatus(leg.id, self._leg(leg)) for leg in legs)
        return LegStatuses(statuses, last=not self._unreported)

    def engine_runs(self) -> bool:
        """False when the real-time thread has rooms to mix and has not mixed since this was last asked: it hangs.

        Who watches us hears nothing more then, and ends us.
        """
        engine = self._engine.snapshot()
        before, self._ticks = self._ticks, int(engine.get("ticks", 0))
        return not engine.get("rooms", 0) or self._ticks != before

    def worker(self) -> Values:
        """The worker's own load."""
        views = self._stage.gallery.views()
        usage = time.process_time()
        legs = self._stage.legs.values()
        own: Values = {
            "uptime_s": round(time.monotonic() - self._began_s, 3),
            "cpu_s": round(usage, 3),
            "legs": len(legs),
            "views": len(views),
            "views_relayed": sum(view.relays for view in views),
            "encodes": self._stage.gallery.encodes,
            "decodes": sum(leg.source.version for leg in legs),
            "frames_late": self._stage.gallery.late,
            "view_failures": self._stage.gallery.failures,
            "views_apart": self._stage.gallery.alone,
            "asked_for_less": sum(leg.appetite is not None and leg.appetite.for_less for leg in legs),
        }
        own |= self._stage.span.snapshot()
        engine = self._engine.snapshot()
        self._note_trains(int(engine.get("trains_refused", 0)))
        return own | _plain("engine_", engine)

    def _note_trains(self, refused: int) -> None:
        """Said once: a kernel or a network card does not change its mind."""
        if refused and self._trains_leave:
            self._trains_leave = False
            log.warning("event=trains_refused sockets=%d effect=packets_leave_one_by_one", refused)

    def _leg(self, leg: Leg) -> Values:
        values: Values = {}
        for stream, kind in leg.streams():
            if f"{kind.value}_stream" not in values:
                values[f"{kind.value}_stream"] = stream
                values |= _plain(f"{kind.value}_", self._engine.stats(stream))
        if leg.video_stream() is not None:
            rates = self._rates.get(leg.id) or _Rates()
            values |= self._incoming(leg, rates) | self._outgoing(leg, rates)
        return values

    def _units(self, leg: Leg) -> int:
        """Access units that came, handed to us or not."""
        stream = leg.video_stream()
        return 0 if stream is None else self._engine.video_state(stream)[0]

    def _incoming(self, leg: Leg, rates: _Rates) -> Values:
        source, units = leg.source, self._units(leg)
        picture = source.picture
        return {
            "video_in_width": 0 if picture is None else picture.width_px,
            "video_in_height": 0 if picture is None else picture.height_px,
            "video_in_fps": rates.units_in.per_s,
            "video_in_asked_bps": leg.appetite.asked_bps if leg.appetite and leg.rate_requests else 0,
            "video_in_rate_requests": leg.rate_requests,
            "video_in_units": units,
            "video_in_decoded": source.version,
            "video_in_skipped": max(0, units - (source.units - source.skipped)),
            "video_in_errors": source.errors,
            "video_in_freezes": source.freezes,
            "video_in_longest_gap_ms": round(source.longest_gap_s * 1000),
        }

    def _outgoing(self, leg: Leg, rates: _Rates) -> Values:
        view = self._stage.gallery.view_of(leg.id)
        if view is None:
            return {}
        return {
            "video_out_codec": view.format.codec.value,
            "video_out_width": view.format.width_px,
            "video_out_height": view.format.height_px,
            "video_out_fps": rates.frames_out.per_s,
            "video_out_bitrate_bps": round(8 * rates.bytes_out.per_s),
            "video_out_key_frames": view.key_frames,
            "video_out_shared_by": len(view.legs),
        }


def _plain(prefix: str, values: Mapping[str, object]) -> Values:
    """Numbers, words, and yes or no as 1 or 0; what else the engine may tell is not for a status line."""
    return {
        prefix + name: int(value) if isinstance(value, bool) else value
        for name, value in values.items()
        if isinstance(value, str | int | float)
    }
