"""Pictures that are drawn instead of received: name cards and the welcome picture."""

import zlib
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from cms_media.codecs.picture import Picture
from cms_media.media.worker.lettering import font, initials, printable, shortened

_BACKGROUND = (32, 36, 44)
_WELCOME_BACKGROUND = (22, 42, 66)
_TEXT = (240, 240, 240)
_DISCS = ((52, 101, 164), (78, 132, 62), (150, 84, 40), (117, 80, 123), (164, 60, 60), (40, 128, 128))


@lru_cache(maxsize=48)
def name_card(name: str, width_px: int, height_px: int) -> Picture:
    """A disc with the initials, in a colour of the name's own. The name itself is the pane's label."""
    name = printable(name)
    image = Image.new("RGB", (width_px, height_px), _BACKGROUND)
    draw = ImageDraw.Draw(image)
    radius = height_px // 4
    centre = (width_px // 2, height_px // 2)
    draw.circle(centre, radius, fill=_DISCS[zlib.crc32(name.encode()) % len(_DISCS)])
    draw.text(centre, initials(name), fill=_TEXT, font=font(max(8, radius * 8 // 10)), anchor="mm")
    return _picture(image)


@lru_cache(maxsize=8)
def welcome(title: str, message: str, width_px: int, height_px: int) -> Picture:
    """The whole canvas of a participant who sees nobody: where he is, and what to expect."""
    image = Image.new("RGB", (width_px, height_px), _WELCOME_BACKGROUND)
    draw = ImageDraw.Draw(image)
    lines = ((title, height_px // 10, 0.42), (message, height_px // 20, 0.58))
    for text, size, place in lines:
        size = max(8, size)
        shown = shortened(printable(text), size, width_px * 9 // 10)
        draw.text((width_px // 2, height_px * place), shown, fill=_TEXT, font=font(size), anchor="mm")
    return _picture(image)


def _picture(image: Image.Image) -> Picture:
    return Picture.from_rgb(np.asarray(image, np.uint8))
