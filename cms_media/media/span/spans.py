"""Everything that the workers of spanning calls exchange, as the plane drives it."""

from collections.abc import Callable
from pathlib import Path

from cms_media.base.types import CallId, LegId
from cms_media.media.messages import Message, TilesWanted, ViewsMade
from cms_media.media.placement import Placement
from cms_media.media.span.audio import AudioExchange
from cms_media.media.span.rings import Rings
from cms_media.media.span.seams import Send
from cms_media.media.span.tiles import TileExchange
from cms_media.media.span.views import ViewExchange


class Spans:
    """The three exchanges and the names that readers draw."""

    def __init__(
        self, placement: Placement, send: Send, clock: Callable[[], float], folder: Path | None = None
    ) -> None:
        self._placement = placement
        self._clock = clock
        self._labels: dict[LegId, str] = {}
        self._rings = Rings(folder)
        self._audio = AudioExchange(self._rings, send)
        self._tiles = TileExchange(self._rings, self, send)
        self._views = ViewExchange(self._rings, send)

    def snapshot(self) -> dict[str, int]:
        """For status pages."""
        return {
            "calls": self._audio.snapshot(),
            "tiles": self._tiles.snapshot(),
            "shared_encodes": self._views.snapshot(),
            "failures": self._rings.failures,
        }

    def close(self) -> None:
        """All shared memory is given back. Idempotent."""
        self._rings.close()

    # --- what the exchanges ask ---------------------------------------------------------------------------

    def place_of(self, leg: LegId) -> int | None:
        """Where its worker is."""
        return self._placement.place_of(leg)

    def label_of(self, leg: LegId) -> str:
        """What is written on its pane."""
        return self._labels.get(leg, "")

    # --- what happens ---------------------------------------------------------------------------------------

    def leg_placed(self, leg: LegId, call: CallId) -> None:
        """It has a worker now."""
        self._audio.places(call, self._placement.places_of(call))
        self._tiles.leg_placed(leg)

    def leg_named(self, leg: LegId, label: str) -> None:
        """What it is called from now on."""
        if self._labels.get(leg) != label:
            self._labels[leg] = label
            self._tiles.leg_named(leg)

    def leg_gone(self, leg: LegId, call: CallId) -> None:
        """It has no worker any more."""
        self._labels.pop(leg, None)
        self._tiles.leg_gone(leg)
        self._audio.places(call, self._placement.places_of(call))

    def place_lost(self, place: int) -> None:
        """A worker died; its legs are told one by one, before."""
        self._audio.place_lost(place)
        self._tiles.place_lost(place)
        self._views.place_lost(place, self._clock())

    def take(self, place: int, message: Message) -> None:
        """What a worker reports about spanning; anything else is passed over."""
        match message:
            case TilesWanted(tiles):
                self._tiles.wanted(place, tiles)
            case ViewsMade(views):
                self._views.report(place, views, self._clock())
            case _:
                return

    def settle(self) -> None:
        """About once a second: what was given a grace may have used it up."""
        self._views.settle(self._clock())
