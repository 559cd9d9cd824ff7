"""Sizes, rectangles, panes: the words for what is on a canvas."""

from dataclasses import dataclass
from enum import StrEnum


class LayoutName(StrEnum):
    """Layouts by their CMS API name."""

    ALL_EQUAL = "allEqual"
    ALL_EQUAL_QUARTERS = "allEqualQuarters"
    ALL_EQUAL_NINTHS = "allEqualNinths"
    ALL_EQUAL_SIXTEENTHS = "allEqualSixteenths"
    ALL_EQUAL_TWENTY_FIFTHS = "allEqualTwentyFifths"
    SPEAKER_ONLY = "speakerOnly"


class SelfPane(StrEnum):
    """What a participant sees where it would itself be: by the values of the CMS API's panePlacementSelfPaneMode."""

    SKIP = "skip"
    """Its own pane is left out and the others move up."""
    SELF = "self"
    """Itself: then everybody sees the same picture."""
    BLANK = "blank"
    """Nothing: the others are where everybody sees them."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Rect:
    """A pane's place on the unit canvas: all four in 0..1, origin at the top left."""

    x: float
    y: float
    width: float
    height: float

    def scaled(self, canvas: Size) -> "PixelRect":
        """The rectangle on `canvas`, its edges rounded to even pixels (4:2:0 chroma)."""
        left = round(self.x * canvas.width_px / 2) * 2
        top = round(self.y * canvas.height_px / 2) * 2
        right = round((self.x + self.width) * canvas.width_px / 2) * 2
        bottom = round((self.y + self.height) * canvas.height_px / 2) * 2
        return PixelRect(left, top, right - left, bottom - top)


@dataclass(frozen=True, slots=True)
class PixelRect:
    """A rectangle in even pixels of a canvas."""

    x: int
    y: int
    width: int
    height: int
