"""Pictures and their planes."""

from pathlib import Path

import pytest
from PIL import Image

from cms_media.codecs.picture import Picture


def test_blank_picture_is_grey_and_writable() -> None:
    picture = Picture.blank(64, 36, luma=90)
    assert picture.y.shape == (36, 64)
    assert picture.u.shape == picture.v.shape == (18, 32)
    assert (picture.y == 90).all()
    picture.y[3, 5] = 7
    assert picture.planes[0][3 * picture.planes[1] + 5] == 7


@pytest.mark.parametrize("size", [(63, 36), (64, 35), (0, 2)])
def test_odd_sizes_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="even"):
        Picture.blank(*size)


def test_png_shows_the_luma(tmp_path: Path) -> None:
    picture = Picture.blank(64, 36)
    picture.y[:, 32:] = 235
    picture.save_png(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (64, 36)
        assert image.getpixel((4, 4)) == (0, 0, 0)
        assert image.getpixel((60, 4)) == (255, 255, 255)
