"""Name labels: white letters on a dark, translucent plate, blended over a pane's lower left corner."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from cms_media.codecs.picture import Picture
from cms_media.media.worker.lettering import font, printable, shortened

_PLATE_ALPHA = 150
_SMALLEST_LETTERS_PX = 9
MARGIN_PX = 8
"""Distance from the pane's edges, beyond the active speaker's frame."""


class Label(NamedTuple):
    """An overlay for `native.video.blend`; alpha has one byte per pixel, stride is the width."""

    picture: Picture
    alpha: bytes


@lru_cache(maxsize=256)
def label(text: str, pane_width_px: int, pane_height_px: int) -> Label | None:
    """The label of a pane of this size; None when there is no text or no room for it."""
    size = max(_SMALLEST_LETTERS_PX, pane_height_px // 16)
    padding = size // 2
    shown = shortened(printable(text), size, pane_width_px - 2 * (MARGIN_PX + padding))
    width = (int(font(size).getlength(shown)) + 2 * padding + 1) & ~1
    height = (size + padding + 1) & ~1
    if not shown or width + 2 * MARGIN_PX > pane_width_px or height + 2 * MARGIN_PX > pane_height_px:
        return None
    return _draw(shown, size, width, height)


def _draw(text: str, size: int, width: int, height: int) -> Label:
    letters = Image.new("L", (width, height), 0)
    ImageDraw.Draw(letters).text((width // 2, height // 2), text, fill=255, font=font(size), anchor="mm")
    plate = Image.new("L", (width, height), 0)
    ImageDraw.Draw(plate).rounded_rectangle((0, 0, width - 1, height - 1), size // 3, fill=_PLATE_ALPHA)
    strength = np.asarray(letters, np.uint8)
    picture = Picture.blank(width, height)
    picture.y[:] = 16 + strength.astype(int) * 219 // 255
    return Label(picture, np.maximum(np.asarray(plate, np.uint8), strength).tobytes())
