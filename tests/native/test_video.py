"""The picture kernels against plain numpy."""

import math

import numpy as np
import pytest

from cms_media.codecs.picture import Picture
from cms_media.native import video

WHOLE = (0, 0, 64, 36)


def _noise(seed: int, width: int = 64, height: int = 36) -> Picture:
    picture = Picture.blank(width, height)
    random = np.random.default_rng(seed)
    for plane in (picture.y, picture.u, picture.v):
        plane[:] = random.integers(16, 236, plane.shape)
    return picture


def test_copy_moves_all_three_planes_and_nothing_else() -> None:
    source, target = _noise(1), Picture.blank(64, 36)
    video.copy(source.planes, (4, 6, 20, 10), target.planes, 30, 20)
    assert (target.y[20:30, 30:50] == source.y[6:16, 4:24]).all()
    assert (target.u[10:15, 15:25] == source.u[3:8, 2:12]).all()
    assert (target.v[10:15, 15:25] == source.v[3:8, 2:12]).all()
    target.y[20:30, 30:50] = 16
    assert (target.y == 16).all()


def test_fill_paints_a_rectangle() -> None:
    target = Picture.blank(64, 36)
    video.fill(target.planes, (2, 4, 6, 8), 200, 90, 160)
    assert (target.y[4:12, 2:8] == 200).all()
    assert (target.u[2:6, 1:4] == 90).all()
    assert int(target.y.astype(int).sum()) == 16 * (64 * 36 - 48) + 200 * 48


@pytest.mark.parametrize("factor", [2, 3, 4, 5])
def test_shrinking_takes_the_mean_of_each_box(factor: int) -> None:
    source, target = _noise(2, 16 * factor, 8 * factor), Picture.blank(16, 8)
    video.scale(source.planes, source.even_rectangle(), target.planes, (0, 0, 16, 8))
    boxes = source.y.reshape(8, factor, 16, factor).mean(axis=(1, 3))
    assert np.abs(target.y - boxes).max() <= 1.5


@pytest.mark.parametrize("size", [(426, 240), (428, 240), (426, 238), (256, 144)])
def test_shrinking_keeps_a_smooth_picture_smooth(size: tuple[int, int]) -> None:
    source, target = Picture.blank(1280, 720), Picture.blank(*size)
    source.y[:] = np.linspace(20, 220, 1280).astype(np.uint8)
    video.scale(source.planes, source.even_rectangle(), target.planes, target.even_rectangle())
    expected = np.linspace(20, 220, size[0])
    assert np.abs(target.y - expected).max() <= 3


def test_growing_interpolates() -> None:
    source, target = Picture.blank(8, 4, luma=50), Picture.blank(64, 36)
    source.y[:, 4:] = 150
    video.scale(source.planes, (0, 0, 8, 4), target.planes, WHOLE)
    assert (target.y[:, :20] == 50).all()
    assert (target.y[:, 44:] == 150).all()
    assert (np.diff(target.y.astype(int), axis=1) >= 0).all()


def test_blend_follows_alpha() -> None:
    target, overlay = Picture.blank(64, 36, luma=100), Picture.blank(8, 4, luma=200)
    overlay.u[:] = 228
    alpha = np.zeros((4, 8), np.uint8)
    alpha[:, 2:4], alpha[:, 4:] = 128, 255
    video.blend(overlay.planes, alpha.data.cast("B"), 8, (8, 4), target.planes, 10, 20)
    assert target.y[20, 10:18].tolist() == [100, 100, 150, 150, 200, 200, 200, 200]
    assert target.u[10, 5:9].tolist() == [128, 178, 228, 228]
    assert (target.y[:20] == 100).all()


def test_dim_goes_towards_black_and_grey() -> None:
    target = Picture.blank(64, 36, luma=116)
    target.u[:] = 28
    video.dim(target.planes, (0, 0, 32, 36), 40)
    assert (target.y[:, :32] == 56).all()
    assert (target.y[:, 32:] == 116).all()
    assert (target.u[:, :16] == 88).all()


def test_dissolve_goes_towards_the_other_picture() -> None:
    target, other = Picture.blank(64, 36, luma=100), Picture.blank(64, 36, luma=200)
    other.u[:] = 28
    video.dissolve(other.planes, target.planes, (0, 0, 32, 36), 25)
    assert (target.y[:, :32] == 125).all()
    assert (target.y[:, 32:] == 100).all()
    assert (target.u[:, :16] == 103).all()
    with pytest.raises(ValueError, match="percent"):
        video.dissolve(other.planes, target.planes, (0, 0, 32, 36), 101)


def test_a_frame_leaves_the_inside() -> None:
    target = Picture.blank(64, 36, luma=100)
    video.frame(target.planes, (8, 4, 20, 10), 2, 30, 128, 128)
    assert (target.y == 30).sum() == 20 * 10 - 16 * 6
    assert (target.y[6:12, 10:26] == 100).all()


def test_psnr_of_a_known_error() -> None:
    a, b = Picture.blank(64, 36, luma=100), Picture.blank(64, 36, luma=105)
    assert video.psnr(a.planes, a.planes, (64, 36)) == math.inf
    assert video.psnr(a.planes, b.planes, (64, 36)) == pytest.approx(10 * math.log10(255**2 / 25))


@pytest.mark.parametrize(
    "rect",
    [(0, 0, 66, 36), (2, 0, 64, 36), (0, 2, 64, 36), (-2, 0, 8, 8), (0, 0, 0, 8), (1, 0, 8, 8), (0, 0, 8, 7)],
)
def test_rectangles_that_leave_the_plane_are_refused(rect: tuple[int, int, int, int]) -> None:
    picture = Picture.blank(64, 36)
    with pytest.raises(ValueError, match="rectangle"):
        video.fill(picture.planes, rect, 0, 0, 0)
    with pytest.raises(ValueError, match="rectangle"):
        video.scale(picture.planes, rect, picture.planes, WHOLE)


def test_read_only_targets_are_refused() -> None:
    y, chroma = bytes(64 * 36), bytes(32 * 18)
    with pytest.raises(BufferError):
        video.fill((y, 64, chroma, 32, chroma, 32), WHOLE, 0, 0, 0)
