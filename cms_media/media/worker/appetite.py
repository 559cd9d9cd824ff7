"""How much is asked of a source, from the largest pane in which anybody sees it. Pure; takes the time.

lines of the largest pane ─► bits a second; more at once, less only after a while, so that a change of speaker and
back asks for nothing
"""

from collections.abc import Iterable, Sequence

from cms_media.base.types import LegId
from cms_media.media.tile import Tile

LESS_AFTER_S = 5.0
"""So long a source must be small before it is asked for less."""

_CLASSES: Sequence[tuple[int, int]] = ((0, 128_000), (180, 256_000), (360, 700_000), (540, 1_200_000))
"""Lines up to which so many bits a second are enough: what our own encoder is given for a canvas of that size. Who is
not shown is left a picture that is fit to be seen in the moment before it has followed the call for more: below it
many endpoints stop their video."""


def rate_for(height_px: int, full_bps: int) -> int:
    """Bits a second for a pane of so many lines; 0 lines: not shown."""
    return min(full_bps, next((rate for lines, rate in _CLASSES if height_px <= lines), full_bps))


def largest_panes(tiles: Iterable[Tile]) -> dict[LegId, int]:
    """Lines of the largest pane of everybody who is shown."""
    largest: dict[LegId, int] = {}
    for tile in tiles:
        largest[tile.leg] = max(tile.height_px, largest.get(tile.leg, 0))
    return largest


class Appetite:
    """What is asked of one source."""

    def __init__(self, full_bps: int) -> None:
        """`full_bps` is what was negotiated: asked for as long as nothing else is."""
        self.asked_bps = full_bps
        self._full_bps = full_bps
        self._small_since_s: float | None = None
        self._enough_bps = 0
        """The most that was wanted since then."""
        self._repeat = False

    @property
    def for_less(self) -> bool:
        """Whether it is asked for less than was negotiated."""
        return self.asked_bps < self._full_bps

    def want(self, height_px: int, now_s: float) -> bool:
        """The largest pane now; True when `asked_bps` is to be said, as new or once more."""
        repeat, self._repeat = self._repeat, False
        wanted_bps = rate_for(height_px, self._full_bps)
        if wanted_bps >= self.asked_bps:
            return self._ask(wanted_bps) or repeat
        if self._small_since_s is None:
            self._small_since_s, self._enough_bps = now_s, 0
        self._enough_bps = max(self._enough_bps, wanted_bps)
        return (now_s - self._small_since_s >= LESS_AFTER_S and self._ask(self._enough_bps)) or repeat

    def start_again(self) -> None:
        """The stream was negotiated anew: whether the peer still knows what was asked is not."""
        self._repeat = self.for_less

    def _ask(self, wanted_bps: int) -> bool:
        self._small_since_s = None
        changed = wanted_bps != self.asked_bps
        self.asked_bps = wanted_bps
        return changed
