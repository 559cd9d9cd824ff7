"""A source at the size of a pane."""

from typing import NamedTuple

from cms_media.codecs.picture import Pixels, Rectangle
from cms_media.native import video

MOST_CROPPED = 0.12
"""Share of a side that may be cut off to fill the pane; a picture that would lose more keeps its edges."""

DIM_PERCENT = 40


class Fit(NamedTuple):
    """Which part of the source goes to which part of the pane."""

    source: Rectangle
    pane: Rectangle


def fit(source_width: int, source_height: int, width: int, height: int) -> Fit:
    """Fills the pane by cropping modestly, else shows the whole source between bars. All sizes even."""
    pane_is_wider = width * source_height > source_width * height
    if pane_is_wider:
        kept = _side(source_width * height / width)
        if kept >= source_height * (1 - MOST_CROPPED):
            top = _offset(source_height - kept)
            return Fit((0, top, source_width, kept), (0, 0, width, height))
        shown = _side(source_width * height / source_height)
        return Fit((0, 0, source_width, source_height), (_offset(width - shown), 0, shown, height))
    kept = _side(source_height * width / height)
    if kept >= source_width * (1 - MOST_CROPPED):
        left = _offset(source_width - kept)
        return Fit((left, 0, kept, source_height), (0, 0, width, height))
    shown = _side(source_height * width / source_width)
    return Fit((0, 0, source_width, source_height), (0, _offset(height - shown), width, shown))


def draw_tile(picture: Pixels, target: Pixels, dimmed: bool) -> None:
    """The whole target becomes the picture, fitted; dimmed when it is not fresh."""
    _, _, source_width, source_height = picture.even_rectangle()
    part, place = fit(source_width, source_height, target.width_px, target.height_px)
    if place[2:] != (target.width_px, target.height_px):
        video.fill(target.planes, target.even_rectangle(), 16, 128, 128)
    video.scale(picture.planes, part, target.planes, place)
    if dimmed:
        video.dim(target.planes, place, DIM_PERCENT)


def _side(value: float) -> int:
    """The nearest even length that is one."""
    return max(2, round(value / 2) * 2)


def _offset(spare: int) -> int:
    """Half of what is left over, even."""
    return max(0, spare) // 4 * 2
