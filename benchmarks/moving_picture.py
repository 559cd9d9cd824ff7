"""A picture that costs about what a camera's does: soft shapes that drift, under a little noise."""

import numpy as np
from numpy.typing import NDArray

from cms_media.codecs.picture import Picture

_NOISE = 2.0
"""Standard deviation in luma steps: a webcam in a lit room."""


class MovingPicture:
    """Endless pictures of one size; noise and shapes are drawn from a seed."""

    def __init__(self, width_px: int, height_px: int, seed: int = 1) -> None:
        random = np.random.default_rng(seed)
        self._field = _soft_field(random, width_px + 128, height_px)
        self._noise = [random.normal(0, _NOISE, (height_px, width_px)) for _ in range(8)]
        self._picture = Picture.blank(width_px, height_px)
        self._frames = 0

    def next_picture(self) -> Picture:
        """The next picture; overwritten by the call after it."""
        picture, frame = self._picture, self._frames
        self._frames += 1
        left = abs(frame % 128 - 64)
        shown = self._field[:, left : left + picture.width_px] + self._noise[frame % 8]
        picture.y[:] = np.clip(shown, 16, 235).astype(np.uint8)
        picture.u[:] = picture.y[::2, ::2] // 4 + 96
        return picture


def _soft_field(random: np.random.Generator, width: int, height: int) -> NDArray[np.float64]:
    """Sums of noise at four scales, like a face before a shelf."""
    field = np.full((height, width), 110.0)
    for step, strength in ((96, 40.0), (32, 18.0), (8, 6.0), (2, 2.0)):
        coarse = random.normal(0, strength, (height // step + 2, width // step + 2))
        field += np.kron(coarse, np.ones((step, step)))[:height, :width]
    return field
