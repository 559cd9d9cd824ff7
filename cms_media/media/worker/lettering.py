"""Names and messages in letters: the font, and text cut to fit."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

_FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
"""Debian's fonts-dejavu-core: Latin, Greek, Cyrillic, Arabic, Hebrew and more."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@lru_cache(maxsize=64)
def font(height_px: int) -> Font:
    """DejaVu Sans at this height, or what Pillow brings along when it is not installed."""
    if _FONT.exists():
        return ImageFont.truetype(str(_FONT), height_px)
    return ImageFont.load_default(height_px)


def printable(text: str, most: int = 200) -> str:
    """The text on one line without control characters: names come from the peer."""
    kept = (" " if character.isspace() else character for character in text[:most])
    return "".join(c for c in kept if unicodedata.category(c)[0] != "C").strip()


def shortened(text: str, height_px: int, width_px: int) -> str:
    """The text, or its beginning and an ellipsis, no wider than `width_px`."""
    if font(height_px).getlength(text) <= width_px:
        return text
    for end in range(len(text) - 1, 0, -1):
        candidate = text[:end].rstrip() + "…"
        if font(height_px).getlength(candidate) <= width_px:
            return candidate
    return ""


def initials(name: str) -> str:
    """First letters of the first and last word, for a card; # for a bare number."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalpha()]
    letters = [word[0] for word in (words[:1] + words[1:][-1:])]
    return "".join(letters).upper() or "#"
