"""Draws a scene on a canvas: tiles, cards, labels, the frame of who speaks; only what changed.

scene ─► drawings (one per pane: all that decides its pixels) ─► those that differ from what is there
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from cms_media.base.types import LegId
from cms_media.codecs.picture import Picture
from cms_media.conference.ports import Scene
from cms_media.layout.types import PixelRect, Size
from cms_media.media.worker.card import name_card, welcome
from cms_media.media.worker.label import MARGIN_PX, label
from cms_media.media.worker.party import Party
from cms_media.media.worker.source import Look
from cms_media.native import video

BACKGROUND = (20, 128, 128)
_LINE = (16, 128, 128)
_LINE_PX = 2
_ACTIVE_LINE = (170, 60, 110)
"""A light green (Y, U, V)."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that decides the pixels of a pane: an equal drawing is not drawn again."""

    leg: LegId
    rect: PixelRect
    label: str
    look: Look
    version: int
    active: bool


PartyOf = Callable[[LegId], Party | None]


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
            video.fill(self.canvas.planes, self.canvas.even_rectangle(), *BACKGROUND)
        else:
            picture = welcome(scene.title, scene.message, self._size.width_px, self._size.height_px)
            video.copy(picture.planes, picture.even_rectangle(), self.canvas.planes, 0, 0)
        return True

    def _drawings(self, scene: Scene, party_of: PartyOf, now_s: float) -> list[Drawing]:
        drawings = []
        for pane in scene.panes:
            rect = pane.rect.scaled(self._size)
            party = party_of(pane.leg)
            if party is None or rect.width < 2 or rect.height < 2:
                continue
            look = party.source.look(now_s)
            version = 0 if look is Look.CARD else party.source.version
            active = pane.leg == scene.active and rect.width < self._size.width_px
            drawings.append(Drawing(pane.leg, rect, party.label, look, version, active))
        return drawings

    def _draw_pane(self, drawing: Drawing, party_of: PartyOf) -> None:
        party = party_of(drawing.leg)
        assert party is not None
        rect, planes = drawing.rect, self.canvas.planes
        picture = None
        if drawing.look is not Look.CARD:
            picture = party.tiles.tile(party.source, rect.width, rect.height, drawing.look is Look.DIMMED)
        picture = picture or name_card(drawing.label, rect.width, rect.height)
        video.copy(picture.planes, picture.even_rectangle(), planes, rect.x, rect.y)
        self._draw_label(drawing)
        if rect.width < self._size.width_px:
            self._draw_frame(rect, drawing.active)

    def _draw_label(self, drawing: Drawing) -> None:
        rect = drawing.rect
        name = label(drawing.label, rect.width, rect.height)
        if name is None:
            return
        size = (name.picture.width_px, name.picture.height_px)
        x, y = rect.x + MARGIN_PX, rect.y + rect.height - MARGIN_PX - size[1]
        video.blend(name.picture.planes, name.alpha, size[0], size, self.canvas.planes, x, y)

    def _draw_frame(self, rect: PixelRect, active: bool) -> None:
        """Around the active speaker a frame in colour, around everybody else a thin dark line."""
        width = max(4, rect.height // 60 & ~1) if active else _LINE_PX
        colour = _ACTIVE_LINE if active else _LINE
        right, bottom = rect.x + rect.width - width, rect.y + rect.height - width
        for edge in (
            (rect.x, rect.y, rect.width, width),
            (rect.x, bottom, rect.width, width),
            (rect.x, rect.y, width, rect.height),
            (right, rect.y, width, rect.height),
        ):
            video.fill(self.canvas.planes, edge, *colour)


def _overlap(drawings: list[Drawing]) -> bool:
    """Whether any two panes share pixels: then one cannot be drawn without those above it."""
    rects = [drawing.rect for drawing in drawings]
    return any(_meet(a, b) for index, a in enumerate(rects) for b in rects[:index])


def _meet(a: PixelRect, b: PixelRect) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height
