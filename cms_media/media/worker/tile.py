"""A source at the size of a pane: scaled once per size, however many views show it."""

from typing import NamedTuple

from cms_media.codecs.picture import Picture, Rectangle
from cms_media.media.worker.source import Source
from cms_media.native import video

MOST_CROPPED = 0.12
"""Share of a side that may be cut off to fill the pane; a picture that would lose more keeps its edges."""

DIM_PERCENT = 40
_MOST_SIZES = 4
"""A source is shown in a size or two at a time; the one longest unused makes room."""


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


class _Tile:
    __slots__ = ("picture", "version")

    def __init__(self, width: int, height: int) -> None:
        self.picture = Picture.blank(width, height)
        self.version: tuple[int, bool] = (-1, False)


class Tiles:
    """The tiles of one source."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, int], _Tile] = {}

    def tile(self, source: Source, width: int, height: int, dimmed: bool) -> Picture | None:
        """The source's newest picture at this size; None when there is none. Valid until the next call."""
        picture = source.picture
        if picture is None:
            return None
        tile = self._take(width, height)
        version = (source.version, dimmed)
        if tile.version != version:
            _draw(picture, tile.picture, dimmed)
            tile.version = version
        return tile.picture

    def _take(self, width: int, height: int) -> _Tile:
        """Found tiles move to the end: the first is the one longest unused."""
        tile = self._tiles.pop((width, height), None) or _Tile(width, height)
        self._tiles[width, height] = tile
        if len(self._tiles) > _MOST_SIZES:
            del self._tiles[next(iter(self._tiles))]
        return tile


def _draw(picture: Picture, target: Picture, dimmed: bool) -> None:
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
