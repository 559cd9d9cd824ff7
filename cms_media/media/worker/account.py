"""What a worker reports once a second: every leg's figures, and its own load."""

import logging
import time
from collections.abc import Mapping
from itertools import islice

from cms_media.base.types import LegId
from cms_media.conference.ports import LegMediaStatus
from cms_media.media.worker.leg import Leg
from cms_media.media.worker.stage import Stage
from cms_media.native import Engine

Value = float | int | str
Values = dict[str, Value]

log = logging.getLogger(__name__)


class _Rate:
    """Per second, from a counter read now and then."""

    def __init__(self) -> None:
        self._last: tuple[float, int] | None = None

    def of(self, count: int, now_s: float) -> float:
        last, self._last = self._last, (now_s, count)
        if last is None or now_s <= last[0]:
            return 0.0
        return round((count - last[1]) / (now_s - last[0]), 1)


class Account:
    """Reads counters; keeps only what it needs to make rates of them."""

    def __init__(self, stage: Stage, engine: Engine) -> None:
        self._stage = stage
        self._engine = engine
        self._began_s = time.monotonic()
        self._ticks = -1
        self._rates: dict[tuple[LegId, str], _Rate] = {}
        self._trains_leave = True

    def legs(self, now_s: float, part: int = 0, parts: int = 1) -> tuple[LegMediaStatus, ...]:
        """One entry per leg of this part: with many legs all at once would hold up the pictures."""
        gone = [key for key in self._rates if key[0] not in self._stage.legs]
        for key in gone:
            del self._rates[key]
        some = islice(self._stage.legs.values(), part, None, parts)
        return tuple(LegMediaStatus(leg.id, self._leg(leg, now_s)) for leg in some)

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

    def _leg(self, leg: Leg, now_s: float) -> Values:
        values: Values = {}
        for stream, kind in leg.streams():
            if f"{kind.value}_stream" not in values:
                values[f"{kind.value}_stream"] = stream
                values |= _plain(f"{kind.value}_", self._engine.stats(stream))
        if leg.video_stream() is not None:
            values |= self._incoming(leg, now_s) | self._outgoing(leg, now_s)
        return values

    def _incoming(self, leg: Leg, now_s: float) -> Values:
        source = leg.source
        picture = source.picture
        return {
            "video_in_width": 0 if picture is None else picture.width_px,
            "video_in_height": 0 if picture is None else picture.height_px,
            "video_in_fps": self._rate(leg.id, "in").of(source.units, now_s),
            "video_in_asked_bps": leg.appetite.asked_bps if leg.appetite and leg.rate_requests else 0,
            "video_in_rate_requests": leg.rate_requests,
            "video_in_units": source.units,
            "video_in_decoded": source.version,
            "video_in_skipped": source.skipped,
            "video_in_errors": source.errors,
            "video_in_freezes": source.freezes,
            "video_in_longest_gap_ms": round(source.longest_gap_s * 1000),
        }

    def _outgoing(self, leg: Leg, now_s: float) -> Values:
        view = self._stage.gallery.view_of(leg.id)
        if view is None:
            return {}
        return {
            "video_out_codec": view.format.codec.value,
            "video_out_width": view.format.width_px,
            "video_out_height": view.format.height_px,
            "video_out_fps": self._rate(leg.id, "out").of(view.frames, now_s),
            "video_out_bitrate_bps": round(8 * self._rate(leg.id, "bytes").of(view.bytes, now_s)),
            "video_out_key_frames": view.key_frames,
            "video_out_shared_by": len(view.legs),
        }

    def _rate(self, leg: LegId, name: str) -> _Rate:
        return self._rates.setdefault((leg, name), _Rate())


def _plain(prefix: str, values: Mapping[str, object]) -> Values:
    """Numbers, words, and yes or no as 1 or 0; what else the engine may tell is not for a status line."""
    return {
        prefix + name: int(value) if isinstance(value, bool) else value
        for name, value in values.items()
        if isinstance(value, str | int | float)
    }
