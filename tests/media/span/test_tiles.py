"""Tiles between workers: one ring per leg and size, however many look."""

import pytest

from cms_media.base.types import LegId
from cms_media.media.messages import DropTile, ExportTile, ImportTile, StopTile
from cms_media.media.span.tiles import TileExchange
from cms_media.media.tile import Tile
from tests.media.span.fakes import FakeRings, FakeRoster, Post

A = LegId("a")
SMALL, LARGE = Tile(A, 320, 180), Tile(A, 640, 360)


class _House:
    def __init__(self) -> None:
        self.rings, self.roster, self.post = FakeRings(), FakeRoster(a=0), Post()
        self.tiles = TileExchange(self.rings, self.roster, self.post)


@pytest.fixture
def house() -> _House:
    return _House()


def test_the_owner_writes_once_and_every_viewer_reads(house: _House) -> None:
    house.tiles.wanted(1, [SMALL])
    house.tiles.wanted(2, [SMALL])
    (path,) = house.rings.paths
    assert house.post.take() == [
        (0, ExportTile(SMALL, path)),
        (1, ImportTile(SMALL, "A", path)),
        (2, ImportTile(SMALL, "A", path)),
    ]
    assert house.tiles.snapshot() == 1


def test_the_same_wish_again_changes_nothing(house: _House) -> None:
    house.tiles.wanted(1, [SMALL])
    house.post.take()
    house.tiles.wanted(1, [SMALL])
    assert house.post.take() == []


def test_the_last_viewer_to_leave_ends_it(house: _House) -> None:
    house.tiles.wanted(1, [SMALL, LARGE])
    house.tiles.wanted(2, [SMALL])
    house.post.take()
    house.tiles.wanted(1, [])
    assert house.post.take() == [(0, StopTile(LARGE))]
    house.tiles.wanted(2, [])
    assert house.post.take() == [(0, StopTile(SMALL))]
    assert house.rings.paths == []


def test_a_leg_that_has_no_worker_yet_is_shown_when_it_has(house: _House) -> None:
    house.roster.places.clear()
    house.tiles.wanted(1, [SMALL])
    assert house.post.take() == []
    house.roster.places["a"] = 2
    house.tiles.leg_placed(A)
    assert [place for place, _ in house.post.take()] == [2, 1]


def test_a_leg_that_moved_is_read_where_it_is_now(house: _House) -> None:
    house.tiles.wanted(1, [SMALL])
    (old,) = house.rings.paths
    house.post.take()
    house.tiles.leg_gone(A)
    assert house.post.take() == [(1, DropTile(SMALL))]
    house.roster.places["a"] = 2
    house.tiles.leg_placed(A)
    (new,) = house.rings.paths
    assert new != old
    assert house.post.take() == [(2, ExportTile(SMALL, new)), (1, ImportTile(SMALL, "A", new))]


def test_a_leg_that_moved_to_its_viewer_needs_no_ring_there(house: _House) -> None:
    house.tiles.wanted(1, [SMALL])
    house.tiles.leg_gone(A)
    house.roster.places["a"] = 1
    house.post.take()
    house.tiles.leg_placed(A)
    assert not any(isinstance(message, ImportTile) for _, message in house.post.take())
    house.tiles.wanted(1, [])
    assert house.rings.paths == []


def test_a_new_name_reaches_the_viewers(house: _House) -> None:
    house.tiles.wanted(1, [SMALL])
    (path,) = house.rings.paths
    house.post.take()
    house.tiles.leg_named(A)
    assert house.post.take() == [(1, ImportTile(SMALL, "A", path))]


def test_a_lost_viewer_wants_nothing_any_more(house: _House) -> None:
    house.tiles.wanted(1, [SMALL])
    house.post.take()
    house.tiles.place_lost(1)
    assert house.post.take() == [(0, StopTile(SMALL))]
    assert house.rings.paths == []


def test_without_memory_nobody_is_told_anything(house: _House) -> None:
    house.rings.full = True
    house.tiles.wanted(1, [SMALL])
    house.tiles.wanted(1, [])
    assert house.post.take() == []
