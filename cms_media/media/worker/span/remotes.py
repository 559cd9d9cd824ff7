"""Participants whose legs another worker has: their tiles come out of shared memory."""

from collections.abc import Collection

from cms_media.base.types import LegId
from cms_media.codecs.picture import Pixels
from cms_media.media.tile import Tile
from cms_media.media.worker.party import Party
from cms_media.media.worker.source import Look, look_of_age
from cms_media.native import SlotRing


class RemoteSource:
    """Tiles of one leg, by size."""

    def __init__(self) -> None:
        self._rings: dict[tuple[int, int], tuple[str, SlotRing]] = {}

    @property
    def version(self) -> int:
        """Grows with every picture."""
        return max((ring.newest() for _, ring in self._rings.values()), default=0)

    def look(self, now_s: float) -> Look:
        """As the leg's own worker would say: it writes when the picture was last known good."""
        newest = [record for _, ring in self._rings.values() if (record := ring.read(ring.newest()))]
        seen_s = [time_s for pixels, time_s, _ in newest if len(pixels) > 0]
        return look_of_age(now_s - max(seen_s)) if seen_s else Look.CARD

    def picture_at(self, width_px: int, height_px: int) -> Pixels | None:
        """The newest tile of this size, or while there is none yet the largest of another; valid for some 100 ms."""
        exact = self._read(width_px, height_px)
        others = sorted(self._rings.keys() - {(width_px, height_px)}, reverse=True)
        return exact or next((tile for size in others if (tile := self._read(*size))), None)

    def sizes(self) -> set[tuple[int, int]]:
        """Of the tiles that there are."""
        return set(self._rings)

    def attach(self, tile: Tile, path: str) -> None:
        """Raises OSError or ValueError when there is no ring."""
        size = (tile.width_px, tile.height_px)
        if size not in self._rings or self._rings[size][0] != path:
            self._rings[size] = (path, SlotRing(path))

    def keep(self, sizes: Collection[tuple[int, int]]) -> None:
        """Forgets all other sizes."""
        self._rings = {size: ring for size, ring in self._rings.items() if size in sizes}

    def _read(self, width_px: int, height_px: int) -> Pixels | None:
        if (width_px, height_px) not in self._rings:
            return None
        ring = self._rings[width_px, height_px][1]
        record = ring.read(ring.newest())
        if record is None or len(record[0]) == 0:
            return None
        return Pixels.packed(width_px, height_px, record[0])


class Remotes:
    """All such participants that this worker shows."""

    def __init__(self) -> None:
        self._parties: dict[LegId, tuple[Party, RemoteSource]] = {}

    def party(self, leg: LegId) -> Party | None:
        """None as long as control has not said who it is."""
        found = self._parties.get(leg)
        return None if found is None else found[0]

    def attach(self, tile: Tile, label: str, path: str) -> None:
        """Raises OSError or ValueError when there is no ring."""
        if tile.leg not in self._parties:
            source = RemoteSource()
            self._parties[tile.leg] = (Party(label, source), source)
        party, source = self._parties[tile.leg]
        party.label = label
        source.attach(tile, path)

    def detach(self, tile: Tile) -> None:
        """Its worker writes it no more; what is known of the participant stays: it is a name card now."""
        if tile.leg in self._parties:
            source = self._parties[tile.leg][1]
            source.keep(source.sizes() - {(tile.width_px, tile.height_px)})

    def keep(self, tiles: Collection[Tile]) -> None:
        """Forgets whatever is not among these."""
        for leg in self._parties.keys() - {tile.leg for tile in tiles}:
            del self._parties[leg]
        for leg, (_, source) in self._parties.items():
            source.keep({(tile.width_px, tile.height_px) for tile in tiles if tile.leg == leg})
