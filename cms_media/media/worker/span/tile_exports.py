"""Tiles of this worker's sources for the views of others: fitted and scaled straight into shared memory."""

import logging
from collections.abc import Callable
from itertools import chain

from cms_media.base.types import LegId
from cms_media.codecs.picture import Pixels
from cms_media.media.tile import Tile
from cms_media.media.worker.source import Source
from cms_media.media.worker.tile import draw_tile
from cms_media.native import SlotRing

log = logging.getLogger(__name__)

SourceOf = Callable[[LegId], Source | None]

_NOTHING_YET = -1


class _Export:
    """One ring and what was written there last."""

    def __init__(self, ring: SlotRing) -> None:
        self.ring = ring
        self.version = _NOTHING_YET

    def write(self, tile: Tile, source: Source) -> None:
        """The source's picture; an empty record when it has none any more."""
        number = self.ring.newest() + 1
        slot = self.ring.begin(number)
        size = 0
        if source.picture is not None:
            target = Pixels.packed(tile.width_px, tile.height_px, slot)
            draw_tile(source.picture, target, dimmed=False)
            size = Pixels.packed_size(tile.width_px, tile.height_px)
        self.ring.commit(number, size, source.fresh_s)


class TileExports:
    """All tiles that others want of this worker."""

    def __init__(self, source_of: SourceOf) -> None:
        self._source_of = source_of
        self._exports: dict[LegId, dict[Tile, _Export]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._exports.values()))

    def tiles(self) -> frozenset[Tile]:
        """All of them."""
        return frozenset(chain.from_iterable(self._exports.values()))

    def add(self, tile: Tile, path: str) -> None:
        """From now on the tile is written. Raises OSError or ValueError when there is no ring."""
        self._exports.setdefault(tile.leg, {})[tile] = _Export(SlotRing(path))

    def remove(self, tile: Tile) -> None:
        """Nobody wants it. Idempotent."""
        tiles = self._exports.get(tile.leg, {})
        tiles.pop(tile, None)
        if not tiles:
            self._exports.pop(tile.leg, None)

    def remove_leg(self, leg: LegId) -> None:
        """The leg is gone. Idempotent."""
        self._exports.pop(leg, None)

    def write_new(self) -> None:
        """Writes what has changed since the last time."""
        for leg, tiles in self._exports.items():
            source = self._source_of(leg)
            if source is None:
                continue
            version = source.version if source.picture is not None else _NOTHING_YET
            for tile, export in tiles.items():
                if export.version != version:
                    export.write(tile, source)
                    export.version = version
