"""Tiles: which part of a source goes where, and that it is scaled once."""

import pytest

from cms_media.codecs.picture import Picture
from cms_media.media.worker.source import Source
from cms_media.media.worker.tile import Fit, Tiles, fit


@pytest.mark.parametrize(
    ("source", "pane", "expected"),
    [
        ((1280, 720), (640, 360), Fit((0, 0, 1280, 720), (0, 0, 640, 360))),
        ((1280, 720), (426, 240), Fit((0, 0, 1278, 720), (0, 0, 426, 240))),
        ((640, 480), (1280, 720), Fit((0, 0, 640, 480), (160, 0, 960, 720))),
        ((352, 288), (256, 144), Fit((0, 0, 352, 288), (40, 0, 176, 144))),
        ((720, 1280), (640, 360), Fit((0, 0, 720, 1280), (218, 0, 202, 360))),
        ((640, 400), (640, 360), Fit((0, 20, 640, 360), (0, 0, 640, 360))),
        ((1600, 400), (640, 360), Fit((0, 0, 1600, 400), (0, 100, 640, 160))),
    ],
)
def test_fit(source: tuple[int, int], pane: tuple[int, int], expected: Fit) -> None:
    assert fit(*source, *pane) == expected


@pytest.mark.parametrize("source", [(2, 2), (4096, 2), (2, 2304), (178, 146)])
@pytest.mark.parametrize("pane", [(2, 2), (256, 144), (1280, 720)])
def test_fit_stays_inside_and_even(source: tuple[int, int], pane: tuple[int, int]) -> None:
    for (x, y, width, height), (outer_width, outer_height) in zip(
        fit(*source, *pane), (source, pane), strict=True
    ):
        assert min(x, y) >= 0
        assert min(width, height) >= 2
        assert x + width <= outer_width
        assert y + height <= outer_height
        assert (x | y | width | height) % 2 == 0


def _source(luma: int) -> Source:
    source = Source(lambda: None)
    source.picture, source.version = Picture.blank(320, 240, luma), 1
    return source


def test_one_scale_per_version() -> None:
    source, tiles = _source(200), Tiles()
    first = tiles.tile(source, 160, 120, dimmed=False)
    assert first is not None
    assert (first.y == 200).all()
    first.y[:] = 7
    assert tiles.tile(source, 160, 120, dimmed=False) is first
    assert (first.y == 7).all()
    source.version += 1
    tiles.tile(source, 160, 120, dimmed=False)
    assert (first.y == 200).all()


def test_bars_and_dimming() -> None:
    tile = Tiles().tile(_source(216), 320, 180, dimmed=True)
    assert tile is not None
    assert (tile.y[:, :40] == 16).all()
    assert (tile.y[:, 60:260] == 96).all()


def test_no_picture_no_tile_and_sizes_are_bounded() -> None:
    tiles = Tiles()
    assert tiles.tile(Source(lambda: None), 160, 90, dimmed=False) is None
    source = _source(50)
    kept = [tiles.tile(source, 2 * n, 90, dimmed=False) for n in range(10, 30)]
    assert tiles.tile(source, 58, 90, dimmed=False) is kept[-1]
    assert tiles.tile(source, 20, 90, dimmed=False) is not kept[0]
