"""Rectangles in pixels."""

from itertools import pairwise

import pytest

from cms_media.layout.types import PixelRect, Rect, Size

CANVASES = [Size(1280, 720), Size(960, 540), Size(640, 360), Size(480, 270), Size(320, 180), Size(160, 90)]


@pytest.mark.parametrize("canvas", CANVASES)
@pytest.mark.parametrize("columns", range(1, 8))
def test_a_grid_has_equal_panes_that_do_not_overlap(canvas: Size, columns: int) -> None:
    side = 1 / columns
    row = [Rect(n * side, n * side, side, side).scaled(canvas) for n in range(columns)]
    assert len({(rect.width, rect.height) for rect in row}) == 1
    for left, right in pairwise(row):
        assert 0 <= right.x - (left.x + left.width) <= 2
        assert 0 <= right.y - (left.y + left.height) <= 2
    assert canvas.width_px - 2 <= row[-1].x + row[-1].width <= canvas.width_px
    assert canvas.height_px - 2 <= row[-1].y + row[-1].height <= canvas.height_px


def test_a_third_of_720p_is_a_third_of_its_pixels() -> None:
    assert Rect(2 / 3, 1 / 3, 1 / 3, 1 / 3).scaled(Size(1280, 720)) == PixelRect(854, 240, 426, 240)


def test_the_whole_and_the_half() -> None:
    assert Rect(0, 0, 1, 1).scaled(Size(1280, 720)) == PixelRect(0, 0, 1280, 720)
    assert Rect(0.5, 0.25, 0.5, 0.5).scaled(Size(1280, 720)) == PixelRect(640, 180, 640, 360)
