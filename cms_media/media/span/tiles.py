"""Which worker shows tiles of whose legs: one ring per leg and size, written where the leg is.

wanted(place, tiles) ─► ring made, owner told to write, viewer told to read ─► nobody wants it: taken back
"""

from collections.abc import Iterable

from cms_media.base.types import LegId
from cms_media.media.messages import DropTile, ExportTile, ImportTile, StopTile
from cms_media.media.span.seams import RingMaker, Roster, Send
from cms_media.media.tile import Tile

_SLOTS = 4
"""A viewer copies a tile within a fraction of the frame time after which its slot is written again."""


class TileExchange:
    """The tiles that cross between workers."""

    def __init__(self, rings: RingMaker, roster: Roster, send: Send) -> None:
        self._rings = rings
        self._roster = roster
        self._send = send
        self._viewers: dict[Tile, set[int]] = {}
        self._rings_of: dict[Tile, tuple[int, str]] = {}
        """Who writes, and where."""

    def snapshot(self) -> int:
        """Tiles that cross now."""
        return len(self._rings_of)

    def wanted(self, place: int, tiles: Iterable[Tile]) -> None:
        """All that a worker shows now of legs that it does not have."""
        now = set(tiles)
        before = {tile for tile, viewers in self._viewers.items() if place in viewers}
        for tile in before - now:
            self._leave(tile, place)
        for tile in now - before:
            self._viewers.setdefault(tile, set()).add(place)
            self._offer(tile, (place,))

    def leg_placed(self, leg: LegId) -> None:
        """It may be wanted already: it was elsewhere before, or a scene was quicker."""
        for tile, viewers in self._of(leg):
            self._offer(tile, tuple(viewers))

    def leg_named(self, leg: LegId) -> None:
        """Whoever shows it writes its new name."""
        for tile, viewers in self._of(leg):
            for viewer in viewers if tile in self._rings_of else ():
                self._import(tile, viewer)

    def leg_gone(self, leg: LegId) -> None:
        """Its worker has closed it, or is lost; it may come back elsewhere."""
        for tile, viewers in self._of(leg):
            if self._forget_ring(tile):
                for viewer in viewers:
                    self._send(viewer, DropTile(tile))

    def place_lost(self, place: int) -> None:
        """The worker shows nothing any more; its legs are told one by one."""
        for tile in [tile for tile, viewers in self._viewers.items() if place in viewers]:
            self._leave(tile, place)

    def _of(self, leg: LegId) -> list[tuple[Tile, set[int]]]:
        return [(tile, viewers) for tile, viewers in self._viewers.items() if tile.leg == leg]

    def _offer(self, tile: Tile, viewers: Iterable[int]) -> None:
        owner = self._roster.place_of(tile.leg)
        if owner is None or not self._ring(tile, owner):
            return
        for viewer in viewers:
            if viewer != owner:
                self._import(tile, viewer)

    def _ring(self, tile: Tile, owner: int) -> bool:
        """True when the owner writes the tile; makes the ring when it is the first time."""
        known = self._rings_of.get(tile)
        if known is not None and known[0] == owner:
            return True
        name = f"tile-{tile.leg[:8]}-{tile.width_px}x{tile.height_px}"
        path = self._rings.make(name, _SLOTS, tile.width_px * tile.height_px * 3 // 2)
        if path is None:
            return False
        self._forget_ring(tile)
        self._rings_of[tile] = (owner, path)
        self._send(owner, ExportTile(tile, path))
        return True

    def _import(self, tile: Tile, viewer: int) -> None:
        self._send(viewer, ImportTile(tile, self._roster.label_of(tile.leg), self._rings_of[tile][1]))

    def _leave(self, tile: Tile, place: int) -> None:
        viewers = self._viewers[tile]
        viewers.discard(place)
        if viewers:
            return
        del self._viewers[tile]
        owner = self._rings_of.get(tile, (None,))[0]
        if self._forget_ring(tile) and owner is not None:
            self._send(owner, StopTile(tile))

    def _forget_ring(self, tile: Tile) -> bool:
        known = self._rings_of.pop(tile, None)
        if known is not None:
            self._rings.remove(known[1])
        return known is not None
