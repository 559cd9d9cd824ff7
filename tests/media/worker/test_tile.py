"""Tiles: which part of a source goes where."""

import pytest

from cms_media.codecs.picture import Picture
from cms_media.media.worker.tile import Fit, draw_tile, fit


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


def test_bars_and_dimming() -> None:
    target = Picture.blank(320, 180, luma=99)
    draw_tile(Picture.blank(320, 240, luma=216), target, dimmed=True)
    assert (target.y[:, :40] == 16).all()
    assert (target.y[:, 60:260] == 96).all()
