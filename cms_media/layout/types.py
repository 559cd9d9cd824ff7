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
        """The rectangle on `canvas` in even pixels (4:2:0 chroma).

        Rectangles of one size stay of one size wherever they are: a source is scaled once for all of them. What
        does not come out even is left as a gap beside them; rectangles that touched never overlap.
        """
        return PixelRect(
            _even(self.x * canvas.width_px + 1),
            _even(self.y * canvas.height_px + 1),
            _even(self.width * canvas.width_px),
            _even(self.height * canvas.height_px),
        )


def _even(length: float) -> int:
    """Rounded down, but for the error of a division."""
    return int(length / 2 + 1e-6) * 2


@dataclass(frozen=True, slots=True)
class PixelRect:
    """A rectangle in even pixels of a canvas."""

    x: int
    y: int
    width: int
    height: int
