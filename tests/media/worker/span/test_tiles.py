"""Tiles from one worker's sources in another worker's panes."""

from pathlib import Path

import pytest

from cms_media.base.types import LegId
from cms_media.codecs.pattern import PatternSource, read_identity
from cms_media.codecs.picture import Picture
from cms_media.media.tile import Tile
from cms_media.media.worker.pane import Border, Shape
from cms_media.media.worker.source import DIM_AFTER_S, GONE_AFTER_S, Look, Source
from cms_media.media.worker.span.remotes import Remotes
from cms_media.media.worker.span.tile_exports import TileExports
from cms_media.native import SlotRing

A = LegId("a")
SMALL, LARGE = Tile(A, 320, 180), Tile(A, 640, 360)


class _House:
    """A source here, a viewer there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = Source(lambda: None)
        self.exports = TileExports(lambda leg: self.source if leg == A else None)
        self.remotes = Remotes()

    def share(self, tile: Tile, name: str = "Ann") -> None:
        path = str(self.folder / f"{tile.width_px}")
        SlotRing.create(path, 4, tile.width_px * tile.height_px * 3 // 2)
        self.exports.add(tile, path)
        self.remotes.attach(tile, name, path)

    def show(self, number: int, now_s: float) -> None:
        self.source.picture = PatternSource(number, 1280, 720).next_picture()
        self.source.renew(now_s)
        self.exports.write_new()

    def look(self, now_s: float) -> Look:
        party = self.remotes.party(A)
        assert party is not None
        return party.face(now_s).look

    def pane(self, tile: Tile, now_s: float) -> Picture:
        party = self.remotes.party(A)
        assert party is not None
        return party.panes.pane(Shape(tile.width_px, tile.height_px, Border.LINE), party.face(now_s))


@pytest.fixture
def house(tmp_path: Path) -> _House:
    return _House(tmp_path)


def _shown(picture: Picture) -> int | None:
    identity = read_identity(picture, (0, 0, picture.width_px, picture.height_px))
    return None if identity is None else identity.source


def test_what_one_decodes_the_other_shows(house: _House) -> None:
    house.share(SMALL)
    house.show(5, 10.0)
    assert house.look(10.1) is Look.LIVE
    assert _shown(house.pane(SMALL, 10.1)) == 5
    house.show(6, 10.2)
    assert _shown(house.pane(SMALL, 10.2)) == 6


def test_a_still_source_is_written_once(house: _House) -> None:
    house.share(SMALL)
    house.show(5, 10.0)
    party = house.remotes.party(A)
    assert party is not None
    before = party.face(10.0)
    house.exports.write_new()
    assert party.face(10.0) == before


def test_a_source_that_freezes_over_there_freezes_here(house: _House) -> None:
    house.share(SMALL)
    house.show(5, 10.0)
    assert house.look(10.0 + DIM_AFTER_S) is Look.DIMMED
    assert house.look(10.0 + GONE_AFTER_S) is Look.CARD


def test_a_source_that_ends_over_there_is_a_card_here_at_once(house: _House) -> None:
    house.share(SMALL)
    house.show(5, 10.0)
    house.source.end()
    house.exports.write_new()
    assert house.look(10.0) is Look.CARD
    assert _shown(house.pane(SMALL, 10.0)) is None


def test_another_size_is_shown_until_its_own_has_come(house: _House) -> None:
    house.share(SMALL)
    house.show(5, 10.0)
    assert _shown(house.pane(LARGE, 10.1)) == 5
    house.share(LARGE)
    assert _shown(house.pane(LARGE, 10.1)) == 5


def test_a_tile_that_is_added_later_is_written_at_once(house: _House) -> None:
    house.source.picture = PatternSource(7, 640, 360).next_picture()
    house.source.renew(10.0)
    house.share(SMALL)
    house.exports.write_new()
    assert _shown(house.pane(SMALL, 10.0)) == 7


def test_what_is_not_wanted_any_more_is_forgotten(house: _House) -> None:
    house.share(SMALL)
    house.share(LARGE)
    house.show(5, 10.0)
    house.remotes.keep({SMALL})
    assert _shown(house.pane(SMALL, 10.0)) == 5
    house.remotes.detach(SMALL)
    assert house.look(10.0) is Look.CARD
    house.remotes.keep(())
    assert house.remotes.party(A) is None
    house.exports.remove(SMALL)
    house.exports.remove_leg(A)
    assert len(house.exports) == 0


def test_a_ring_that_is_not_there_is_an_error(house: _House) -> None:
    with pytest.raises(FileNotFoundError):
        house.remotes.attach(SMALL, "Ann", str(house.folder / "nowhere"))
