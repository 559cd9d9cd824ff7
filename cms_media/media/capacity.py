"""How much the bridge carries, in the load units of the field, and whether there is room for one leg more. Pure.

The units are those that capacity is published in for bridges of this kind: a 720p30 call is 1000. Within a class the
cost of a picture differs (a private gallery costs several times a shared one), so the sum says how much was promised;
whether the machine keeps up is measured, see `worker.ladder`.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import inf

from cms_media.base.types import LegId, MediaKind
from cms_media.sdp.capabilities import HD_30
from cms_media.sdp.plan import StreamPlan, VideoLimits

AUDIO_UNITS = 77
"""A thirteenth of a 720p30 call."""

_VIDEO_UNITS: Sequence[tuple[float, int]] = (
    (54 * 30 * 30, 500),  # 480p30 and whatever is smaller
    (80 * 45 * 30, 1000),  # 720p30
    (8192 * 30, 2000),  # 1080p30: what H.264 level 4 allows, a little more than 120x68
    (inf, 4000),  # 1080p60
)
"""Macroblocks a second up to which a video call is worth so many units, its audio included."""

UNITS_PER_WORKER = 75_000
"""Load limit per worker where none is configured: what a core was measured to carry of what costs it least, audio legs
(`setup_rate`: 500 PCMU legs held in half a core). The sum alone then never refuses what the machine could serve; from
pictures that cost more the measured overload protects. `cms-media bench` prints a closer limit to configure."""


def video_units(limits: VideoLimits) -> int:
    """Of a call with pictures up to these limits."""
    return next(units for most, units in _VIDEO_UNITS if limits.macroblocks_per_s <= most)


def leg_units(streams: Iterable[StreamPlan]) -> int:
    """Of a leg as negotiated. Who is on hold counts in full: it comes back without asking."""
    return max(map(_stream_units, streams), default=0)


def _stream_units(plan: StreamPlan) -> int:
    return video_units(plan.limits) if plan.kind is MediaKind.VIDEO else AUDIO_UNITS


class Capacity:
    """The load of all legs against the limit."""

    def __init__(self, limit_units: int, largest: VideoLimits = HD_30) -> None:
        """`largest` is what a leg may come to; it counts as much until it has been negotiated."""
        self.limit_units = limit_units
        self.load_units = 0
        self._largest = largest
        self._units: dict[LegId, int] = {}

    def has_room(self, kinds: Iterable[MediaKind]) -> bool:
        """Whether a leg with these kinds of streams would stay within the limit."""
        return self.load_units + self._expected(kinds) <= self.limit_units

    def expect(self, leg: LegId, kinds: Iterable[MediaKind]) -> None:
        """The leg gets such streams; a leg that grows is counted, never refused."""
        self._set(leg, max(self._units.get(leg, 0), self._expected(kinds)))

    def agree(self, leg: LegId, streams: Iterable[StreamPlan]) -> None:
        """What a leg that is expected came to."""
        if leg in self._units:
            self._set(leg, leg_units(streams))

    def units_of(self, leg: LegId) -> int:
        """What the leg is counted as now."""
        return self._units.get(leg, 0)

    def release(self, leg: LegId) -> None:
        """It is gone. Idempotent."""
        self.load_units -= self._units.pop(leg, 0)

    def snapshot(self) -> Mapping[str, object]:
        """For status: the load in units, the limit, and their ratio in percent."""
        percent = round(100 * self.load_units / self.limit_units, 1)
        return {"media_processing_load": self.load_units, "limit": self.limit_units, "percent": percent}

    def _expected(self, kinds: Iterable[MediaKind]) -> int:
        return max(
            (video_units(self._largest) if kind is MediaKind.VIDEO else AUDIO_UNITS for kind in kinds),
            default=0,
        )

    def _set(self, leg: LegId, units: int) -> None:
        self.load_units += units - self._units.get(leg, 0)
        self._units[leg] = units
