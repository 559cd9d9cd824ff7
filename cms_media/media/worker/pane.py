"""A participant at the size of a pane, with name and frame: drawn once, however many views show it.

tile or card ─► label ─► line or frame ─► copied to every canvas
"""

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple, Protocol

from cms_media.codecs.picture import Picture, Pixels, Rectangle
from cms_media.media.worker.card import name_card
from cms_media.media.worker.label import MARGIN_PX, Label, label
from cms_media.media.worker.source import Look
from cms_media.media.worker.tile import draw_tile
from cms_media.native import video

_LINE = (16, 128, 128)
_LINE_PX = 2
_ACTIVE_LINE = (170, 60, 110)
"""A light green (Y, U, V)."""
_MOST_PANES = 6
"""A participant is shown in a size or two at a time; the pane longest unused makes room."""


class Border(Enum):
    """What is drawn round a pane."""

    NONE = auto()
    """It fills the canvas."""
    LINE = auto()
    ACTIVE = auto()


class Shape(NamedTuple):
    """Which pane."""

    width_px: int
    height_px: int
    border: Border


class Face(NamedTuple):
    """What is in it."""

    label: str
    look: Look
    version: int
    """Of the source's picture."""


class Seen(Protocol):
    """What is drawn in panes: a source of this worker's own, or one whose tiles come from another."""

    @property
    def version(self) -> int:
        """Grows with every picture."""

    def look(self, now_s: float) -> Look: ...

    def picture_at(self, width_px: int, height_px: int) -> Pixels | None:
        """What to draw a pane of this size from; None when there is nothing."""


class _Pane:
    __slots__ = ("face", "picture")

    def __init__(self, shape: Shape) -> None:
        self.picture = Picture.blank(shape.width_px, shape.height_px)
        self.face: Face | None = None


class Panes:
    """The panes of one participant."""

    def __init__(self, source: Seen) -> None:
        self.drawn_pixels = 0
        """Of all panes drawn so far: what views only copied is not in it."""
        self._source = source
        self._panes: dict[Shape, _Pane] = {}

    def pane(self, shape: Shape, face: Face) -> Picture:
        """The participant so; valid until the next call with this shape."""
        pane = self._take(shape)
        if pane.face != face:
            self._draw(pane.picture, shape, face)
            pane.face = face
            self.drawn_pixels += shape.width_px * shape.height_px
        return pane.picture

    def _take(self, shape: Shape) -> _Pane:
        """Found panes move to the end: the first is the one longest unused."""
        pane = self._panes.pop(shape, None) or _Pane(shape)
        self._panes[shape] = pane
        if len(self._panes) > _MOST_PANES:
            del self._panes[next(iter(self._panes))]
        return pane

    def _draw(self, target: Picture, shape: Shape, face: Face) -> None:
        picture = self._source.picture_at(shape.width_px, shape.height_px)
        if picture is None or face.look is Look.CARD:
            card = name_card(face.label, shape.width_px, shape.height_px)
            video.copy(card.planes, card.even_rectangle(), target.planes, 0, 0)
        else:
            draw_tile(picture, target, face.look is Look.DIMMED)
        _draw_label(target, shape, face.label)
        _draw_border(target, shape)


def patches(shape: Shape, face: Face, old_border: Border, old_face: Face) -> list[Rectangle]:
    """Where a pane differs from the one of the same participant and size that had this border and face."""
    whole = (0, 0, shape.width_px, shape.height_px)
    renamed = face.label != old_face.label
    if (face.look, face.version) != (old_face.look, old_face.version) or (renamed and face.look is Look.CARD):
        return [whole]
    found = []
    if renamed:
        found += [_label_place(name, shape) for name in _labels(shape, face.label, old_face.label)]
    if shape.border is not old_border:
        line = max(_line_px(shape), _line_px(shape._replace(border=old_border)))
        found += _edges(shape.width_px, shape.height_px, line)
    return found


def _draw_label(target: Picture, shape: Shape, text: str) -> None:
    for name in _labels(shape, text):
        x, y, *size = _label_place(name, shape)
        video.blend(name.picture.planes, name.alpha, size[0], (size[0], size[1]), target.planes, x, y)


def _labels(shape: Shape, *texts: str) -> Iterator[Label]:
    """Those for which there is room."""
    return (name for text in texts if (name := label(text, shape.width_px, shape.height_px)) is not None)


def _label_place(name: Label, shape: Shape) -> Rectangle:
    width, height = name.picture.width_px, name.picture.height_px
    return (MARGIN_PX, (shape.height_px - MARGIN_PX - height) & ~1, width, height)


def _draw_border(target: Picture, shape: Shape) -> None:
    """Round the active speaker a frame in colour, round everybody else a thin dark line."""
    colour = _ACTIVE_LINE if shape.border is Border.ACTIVE else _LINE
    if line := _line_px(shape):
        video.frame(target.planes, target.even_rectangle(), line, *colour)


def _line_px(shape: Shape) -> int:
    """How thick the pane's frame is; 0 where there is none or no room for it."""
    if shape.border is Border.NONE:
        return 0
    line = max(4, shape.height_px // 60 & ~1) if shape.border is Border.ACTIVE else _LINE_PX
    return line if min(shape.width_px, shape.height_px) > line else 0


def _edges(width: int, height: int, line: int) -> list[Rectangle]:
    """The strips of this thickness along the four sides."""
    if line == 0:
        return []
    return [
        (0, 0, width, line),
        (0, height - line, width, line),
        (0, 0, line, height),
        (width - line, 0, line, height),
    ]
