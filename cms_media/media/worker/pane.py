"""A participant at the size of a pane, with name and frame: drawn once, however many views show it.

tile or card ─► label ─► line or frame ─► copied to every canvas
"""

from enum import Enum, auto
from typing import NamedTuple

from cms_media.codecs.picture import Picture
from cms_media.media.worker.card import name_card
from cms_media.media.worker.label import MARGIN_PX, label
from cms_media.media.worker.source import Look, Source
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


class _Pane:
    __slots__ = ("face", "picture")

    def __init__(self, shape: Shape) -> None:
        self.picture = Picture.blank(shape.width_px, shape.height_px)
        self.face: Face | None = None


class Panes:
    """The panes of one participant."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._panes: dict[Shape, _Pane] = {}

    def pane(self, shape: Shape, face: Face) -> Picture:
        """The participant so; valid until the next call with this shape."""
        pane = self._take(shape)
        if pane.face != face:
            self._draw(pane.picture, shape, face)
            pane.face = face
        return pane.picture

    def _take(self, shape: Shape) -> _Pane:
        """Found panes move to the end: the first is the one longest unused."""
        pane = self._panes.pop(shape, None) or _Pane(shape)
        self._panes[shape] = pane
        if len(self._panes) > _MOST_PANES:
            del self._panes[next(iter(self._panes))]
        return pane

    def _draw(self, target: Picture, shape: Shape, face: Face) -> None:
        picture = self._source.picture
        if picture is None or face.look is Look.CARD:
            card = name_card(face.label, shape.width_px, shape.height_px)
            video.copy(card.planes, card.even_rectangle(), target.planes, 0, 0)
        else:
            draw_tile(picture, target, face.look is Look.DIMMED)
        _draw_label(target, face.label)
        _draw_border(target, shape.border)


def _draw_label(target: Picture, text: str) -> None:
    name = label(text, target.width_px, target.height_px)
    if name is None:
        return
    size = (name.picture.width_px, name.picture.height_px)
    top = target.height_px - MARGIN_PX - size[1]
    video.blend(name.picture.planes, name.alpha, size[0], size, target.planes, MARGIN_PX, top & ~1)


def _draw_border(target: Picture, border: Border) -> None:
    """Round the active speaker a frame in colour, round everybody else a thin dark line."""
    if border is Border.NONE:
        return
    width, height = target.width_px, target.height_px
    active = border is Border.ACTIVE
    line = max(4, height // 60 & ~1) if active else _LINE_PX
    colour = _ACTIVE_LINE if active else _LINE
    if min(width, height) <= line:
        return
    for edge in (
        (0, 0, width, line),
        (0, height - line, width, line),
        (0, 0, line, height),
        (width - line, 0, line, height),
    ):
        video.fill(target.planes, edge, *colour)
