"""What a camera sees of somebody who talks: a still room, a head that sways and speaks, sensor noise over it all.

Not a pattern: it costs an encoder about what a webcam costs, which is what the benchmark is about. It repeats itself
after `PERIOD` pictures without a seam, so that a film of it can be looped.
"""

import numpy as np
from numpy.typing import NDArray

from cms_media.codecs.picture import Picture

PERIOD = 128
_NOISE = 3.0
"""Standard deviation in luma steps: a webcam in a dim room."""
_NOISES = 8
_SWAY_PX, _NOD_PX = 60, 16
"""Either way, at 720 lines."""
_SYLLABLE = 8
"""Pictures from one opening of the mouth to the next."""

Plane = NDArray[np.float32]


class Camera:
    """Endless pictures of one person of that number, 1280x720."""

    WIDTH_PX, HEIGHT_PX = 1280, 720

    def __init__(self, number: int) -> None:
        random = np.random.default_rng(number)
        width, height = self.WIDTH_PX, self.HEIGHT_PX
        self._room = _texture(random, width, height, 110.0, ((180, 40.0), (60, 14.0), (12, 4.0)))
        self._person = _texture(random, width, height, 140.0, ((120, 20.0), (24, 16.0), (6, 10.0), (2, 7.0)))
        self._mask = _silhouette(width, height)
        self._noise = [random.normal(0, _NOISE, (height, width)).astype(np.float32) for _ in range(_NOISES)]
        self._tint = 2 * np.pi * (number % 9) / 9
        self._picture = Picture.blank(width, height)

    def picture(self, frame: int) -> Picture:
        """Picture number `frame` of the endless film; overwritten by the next call."""
        angle = 2 * np.pi * (frame % PERIOD) / PERIOD
        shift = (round(_NOD_PX * float(np.sin(2 * angle))), round(_SWAY_PX * float(np.sin(angle))))
        mask = np.roll(self._mask, shift, (0, 1))
        person = np.roll(self._person, shift, (0, 1))
        _speak(person, shift, frame)
        luma = self._room + mask * (person - self._room)
        picture = self._picture
        picture.y[:] = np.clip(luma + self._noise[frame % _NOISES], 16, 235).astype(np.uint8)
        skin = mask[::2, ::2]
        picture.u[:] = (128 + 24 * np.cos(self._tint) * (1 - skin) - 14 * skin).astype(np.uint8)
        picture.v[:] = (128 + 24 * np.sin(self._tint) * (1 - skin) + 18 * skin).astype(np.uint8)
        return picture


def _texture(
    random: np.random.Generator, width: int, height: int, mean: float, scales: tuple[tuple[int, float], ...]
) -> Plane:
    """Sums of smooth noise: (distance of its points, strength) each."""
    field = np.full((height, width), mean, np.float32)
    for step, strength in scales:
        coarse = random.normal(0, strength, (height // step + 2, width // step + 2))
        rows, columns = np.arange(height) / step, np.arange(width) / step
        across = np.stack([np.interp(columns, np.arange(coarse.shape[1]), line) for line in coarse])
        top = rows.astype(int)
        part = (rows - top)[:, None]
        field += ((1 - part) * across[top] + part * across[top + 1]).astype(np.float32)
    return field


def _silhouette(width: int, height: int) -> Plane:
    """Head and shoulders: 1 inside, 0 outside, soft at the edge."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    head = 1 - np.hypot((x - width / 2) / (0.13 * width), (y - 0.45 * height) / (0.30 * height))
    body = 1 - np.hypot((x - width / 2) / (0.30 * width), (y - 1.10 * height) / (0.42 * height))
    mask: Plane = np.clip(np.maximum(head, body) * 30 + 0.5, 0, 1).astype(np.float32)
    return mask


def _speak(person: Plane, shift: tuple[int, int], frame: int) -> None:
    """A mouth that opens and shuts, and eyes."""
    height, width = person.shape
    down, right = shift
    opening = 4 + round(10 * abs(float(np.sin(np.pi * frame / _SYLLABLE))))
    top, left = int(0.56 * height) + down, width // 2 + right
    person[top : top + opening, left - 40 : left + 40] = 60
    for side in (-55, 35):
        eyes = int(0.40 * height) + down
        person[eyes : eyes + 14, left + side : left + side + 24] = 40
