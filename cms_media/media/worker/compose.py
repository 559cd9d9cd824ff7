"""Draws a scene on a canvas, only what changed.

scene ─► drawings (one per pane: all that decides its pixels) ─► those that differ from what is there ─► copies
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from cms_media.base.types import LegId
from cms_media.codecs.picture import Picture
from cms_media.conference.ports import Scene
from cms_media.layout.types import PixelRect, Size
from cms_media.media.worker.card import welcome
from cms_media.media.worker.pane import Border, Face, Shape
from cms_media.media.worker.party import Party
from cms_media.native import video

_BACKGROUND = (20, 128, 128)

PartyOf = Callable[[LegId], Party | None]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that decides the pixels of a pane: an equal drawing is not drawn again."""

    leg: LegId
    rect: PixelRect
    border: Border
    face: Face


class Composer:
    """One canvas and what is on it."""

    def __init__(self, size: Size) -> None:
        self.canvas = Picture.blank(size.width_px, size.height_px)
        self._size = size
        self._scene: Scene | None = None
        self._drawn: list[Drawing] = []

    def draw(self, scene: Scene, party_of: PartyOf, now_s: float) -> bool:
        """Brings the canvas up to date; True when a pixel may have changed."""
        fresh = self._begin(scene)
        drawings = self._drawings(scene, party_of, now_s)
        if not fresh and drawings == self._drawn:
            return False
        everything = fresh or _overlap(drawings) or len(drawings) != len(self._drawn)
        before = [None] * len(drawings) if everything else self._drawn
        for drawing, old in zip(drawings, before, strict=True):
            if drawing != old:
                self._draw_pane(drawing, party_of)
        self._drawn = drawings
        return True

    def _begin(self, scene: Scene) -> bool:
        """True when panes moved: then nothing that is there can stay."""
        old, self._scene = self._scene, scene
        if old is not None and replace(old, active=scene.active) == scene:
            return False
        if scene.panes:
            video.fill(self.canvas.planes, self.canvas.even_rectangle(), *_BACKGROUND)
        else:
            picture = welcome(scene.title, scene.message, self._size.width_px, self._size.height_px)
            video.copy(picture.planes, picture.even_rectangle(), self.canvas.planes, 0, 0)
        return True

    def _drawings(self, scene: Scene, party_of: PartyOf, now_s: float) -> list[Drawing]:
        drawings = []
        for pane in scene.panes:
            rect = pane.rect.scaled(self._size)
            party = party_of(pane.leg)
            if party is not None and rect.width > 0 and rect.height > 0:
                border = self._border(rect, pane.leg == scene.active)
                drawings.append(Drawing(pane.leg, rect, border, party.face(now_s)))
        return drawings

    def _border(self, rect: PixelRect, active: bool) -> Border:
        if rect.width >= self._size.width_px:
            return Border.NONE
        return Border.ACTIVE if active else Border.LINE

    def _draw_pane(self, drawing: Drawing, party_of: PartyOf) -> None:
        party, rect = party_of(drawing.leg), drawing.rect
        assert party is not None
        picture = party.panes.pane(Shape(rect.width, rect.height, drawing.border), drawing.face)
        video.copy(picture.planes, picture.even_rectangle(), self.canvas.planes, rect.x, rect.y)


def _overlap(drawings: list[Drawing]) -> bool:
    """Whether any two panes share pixels: then one cannot be drawn without those above it."""
    rects = [drawing.rect for drawing in drawings]
    return any(_meet(a, b) for index, a in enumerate(rects) for b in rects[:index])


def _meet(a: PixelRect, b: PixelRect) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height
