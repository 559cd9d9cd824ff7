"""A moving test picture that says by its pixels which source it is and which frame.

The identity block is a grid of large light and dark cells in the middle of the picture: a row of 8 bits
source and 8 bits checksum, below it a row of 16 bits frame counter. Cells are 5 % of the width, 13 pixels
when a picture is shown 256 wide: enough after two encodes and a scaling to a fifth.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cms_media.codecs.picture import Picture, Plane, Rectangle

COLUMNS, ROWS = 16, 2
Place = tuple[float, float, float, float]
"""Where a grid lies: x, y, width and height as fractions of the picture."""
BLOCK: Place = (0.1, 0.3, 0.8, 0.4)
"""That of the test picture; clear of borders and labels."""
DARK, LIGHT = 40, 215
_MIN_CONTRAST = 24
"""Luma steps between light and dark cells; less is no block (a dimmed one has still 70)."""
_SAMPLES = 4
"""Points read each way in a cell: 16 are enough against noise, and reading a pane takes 30 µs."""
_HUE_STEPS = 9
_BALL = 10
"""The moving square is a tenth of the height, in the free strip above the grid."""


class Identity(NamedTuple):
    """What an identity block says; frame counts modulo 65536."""

    source: int
    frame: int


class PatternSource:
    """Makes the test picture of one source, frame after frame."""

    def __init__(self, source: int, width_px: int, height_px: int) -> None:
        """`source` is 0..255; sizes are even."""
        self.source = source & 0xFF
        self.frames = 0
        self._background = _background(self.source, width_px, height_px)
        self._picture = Picture.blank(width_px, height_px)

    def next_picture(self) -> Picture:
        """The next picture, 1/fps after the one before. Overwritten by the next call."""
        picture, source = self._picture, self._background
        picture.y[:], picture.u[:], picture.v[:] = source.y, source.u, source.v
        draw_identity(picture.y, Identity(self.source, self.frames & 0xFFFF))
        _draw_ball(picture.y, self.frames)
        self.frames += 1
        return picture


def read_identity(picture: Picture, rect: Rectangle | None = None, place: Place = BLOCK) -> Identity | None:
    """Which source fills `rect` of the picture, and which frame of it; None when nothing legible is there."""
    x, y, width, height = rect or (0, 0, picture.width_px, picture.height_px)
    pane = picture.y[y : y + height, x : x + width]
    if pane.shape[0] < 4 * ROWS or pane.shape[1] < 2 * COLUMNS:
        return None
    means = _cell_means(pane, place)
    low, high = float(means.min()), float(means.max())
    if high - low < _MIN_CONTRAST:
        return None
    bits = (means > (low + high) / 2).astype(np.uint8)
    source, check, frame_high, frame_low = np.packbits(bits).tolist()
    identity = Identity(source, frame_high << 8 | frame_low)
    return identity if check == _checksum(identity) else None


def _checksum(identity: Identity) -> int:
    """CRC-8 (polynomial 0x07, start 0x55: an all-dark grid is not valid)."""
    crc = 0x55
    for byte in (identity.source, identity.frame >> 8, identity.frame & 0xFF):
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return crc


def _edges(width: int, height: int, place: Place) -> tuple[list[int], list[int]]:
    x, y, block_width, block_height = place
    columns = [round((x + block_width * i / COLUMNS) * width) for i in range(COLUMNS + 1)]
    rows = [round((y + block_height * i / ROWS) * height) for i in range(ROWS + 1)]
    return columns, rows


def draw_identity(luma: Plane, identity: Identity, place: Place = BLOCK) -> None:
    """Draws the grid; where it is, nothing of the picture is left."""
    code = bytes((identity.source, _checksum(identity), identity.frame >> 8, identity.frame & 0xFF))
    bits = np.unpackbits(np.frombuffer(code, np.uint8)).reshape(ROWS, COLUMNS)
    columns, rows = _edges(luma.shape[1], luma.shape[0], place)
    for row in range(ROWS):
        line = np.repeat(np.where(bits[row], LIGHT, DARK).astype(np.uint8), np.diff(columns))
        luma[rows[row] : rows[row + 1], columns[0] : columns[-1]] = line


def _cell_means(pane: Plane, place: Place) -> NDArray[np.float64]:
    """Mean luma of points in the middle of every cell, rows x columns: edges are blurred by scaling and coding."""
    rows, columns = _sample_points(pane.shape[1], pane.shape[0], place)
    points = pane[rows[:, None], columns[None, :]].astype(np.float64)
    means: NDArray[np.float64] = points.reshape(ROWS, _SAMPLES, COLUMNS, _SAMPLES).mean(axis=(1, 3))
    return means


@lru_cache(maxsize=64)
def _sample_points(width: int, height: int, place: Place) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns to look at: a few in the middle half of each cell."""
    columns, rows = _edges(width, height, place)
    return _middles(rows), _middles(columns)


def _middles(edges: list[int]) -> NDArray[np.intp]:
    places = (np.arange(_SAMPLES) + 0.5) / _SAMPLES / 2 + 0.25
    starts, lengths = np.array(edges[:-1]), np.diff(edges)
    return (starts[:, None] + lengths[:, None] * places).astype(np.intp).ravel()


def _draw_ball(luma: Plane, frame: int) -> None:
    height, width = luma.shape
    size = height // _BALL
    path = width - size
    step = frame * max(2, width // 160) % (2 * path)
    x = step if step < path else 2 * path - step
    luma[size : 2 * size, x : x + size] = 235


def _background(source: int, width_px: int, height_px: int) -> Picture:
    """A vertical luma gradient in a colour of the source's own, and bars of eight tints below the grid."""
    picture = Picture.blank(width_px, height_px)
    gradient = np.linspace(70, 120, height_px).astype(np.uint8)
    picture.y[:] = gradient[:, None]
    angle = 2 * np.pi * (source % _HUE_STEPS) / _HUE_STEPS
    picture.u[:] = round(128 + 70 * float(np.cos(angle)))
    picture.v[:] = round(128 + 70 * float(np.sin(angle)))
    bars_top = height_px * 8 // 10
    bars = np.linspace(0, 8, width_px, endpoint=False).astype(int)
    picture.y[bars_top:] = (60 + 20 * bars).astype(np.uint8)
    tints = 2 * np.pi * bars[::2] / 8
    picture.u[bars_top // 2 :] = (128 + 60 * np.cos(tints)).astype(np.uint8)[: picture.u.shape[1]]
    picture.v[bars_top // 2 :] = (128 + 60 * np.sin(tints)).astype(np.uint8)[: picture.v.shape[1]]
    return picture
