"""Draws a scene on a canvas, only what changed.

scene ─► drawings (one per pane: all that decides its pixels) ─► where they differ from what is there ─► copies
         and the macroblocks that they changed: most of what a camera sees stands still, and who encodes it skips that
      ─► panes moved: drawn whole for a moment, with what is left of the old canvas over it
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from cms_media.base.types import LegId
from cms_media.codecs.picture import Picture, Rectangle
from cms_media.conference.ports import Scene
from cms_media.layout.types import PixelRect, Size
from cms_media.media.worker.card import welcome
from cms_media.media.worker.fade import Fade
from cms_media.media.worker.pane import Border, Face, Shape, patches
from cms_media.media.worker.party import Party
from cms_media.native import MacroblockMap, video

_BACKGROUND = (20, 128, 128)

PartyOf = Callable[[LegId], Party | None]


class Place(NamedTuple):
    """A pane on the canvas."""

    leg: LegId
    x: int
    y: int
    shape: Shape

    @property
    def rect(self) -> Rectangle:
        """Its pixels."""
        return (self.x, self.y, self.shape.width_px, self.shape.height_px)


class Drawing(NamedTuple):
    """All that decides the pixels of a pane: an equal drawing is not drawn again."""

    place: Place
    face: Face | None
    """None: nobody is there any more."""


class Composer:
    """One canvas and what is on it."""

    def __init__(self, size: Size, fade_s: float = 0.0) -> None:
        """`fade_s` is how long one layout fades into the next."""
        self.canvas = Picture.blank(size.width_px, size.height_px)
        self.fades = True
        """False: the next layout is there at once all the same."""
        self.drawn_pixels = 0
        """Of panes drawn so far for this canvas; what other canvases had drawn already is not in it."""
        self._size = size
        self._scene: Scene | None = None
        self._places: list[Place] = []
        self._overlap = False
        self._drawn: list[Drawing] = []
        self._fade = Fade(fade_s)

    def draw(self, scene: Scene, party_of: PartyOf, now_s: float, changed: MacroblockMap) -> bool:
        """Brings the canvas up to date; marks where pixels may have changed and tells whether any may."""
        moved = scene is not self._scene and self._begin(scene, now_s)
        drawings = [Drawing(place, _face(party_of(place.leg), now_s)) for place in self._places]
        old, self._drawn = self._drawn, drawings
        if moved or self._fade.on:
            self._draw_anew(scene, drawings, party_of, now_s, changed)
            return True
        return drawings != old and self._update(drawings, old, party_of, changed)

    def _draw_anew(
        self,
        scene: Scene,
        drawings: Sequence[Drawing],
        party_of: PartyOf,
        now_s: float,
        changed: MacroblockMap,
    ) -> None:
        self._draw_background(scene)
        self._update(drawings, [None] * len(drawings), party_of, changed)
        self._fade.draw(self.canvas, now_s)
        changed.mark(self.canvas.even_rectangle())

    def _begin(self, scene: Scene, now_s: float) -> bool:
        """True when panes moved: then nothing that is there can stay."""
        old, self._scene = self._scene, scene
        if old == scene:
            return False
        self._places = list(self._take_places(scene))
        if old is not None and replace(old, active=scene.active) == scene:
            return False
        self._overlap = _overlap(self._places)
        if old is not None and self.fades:
            self._fade.begin(self.canvas, now_s)
        return True

    def _draw_background(self, scene: Scene) -> None:
        if scene.panes:
            self._clear(self.canvas.even_rectangle())
        else:
            picture = welcome(scene.title, scene.message, self._size.width_px, self._size.height_px)
            video.copy(picture.planes, picture.even_rectangle(), self.canvas.planes, 0, 0)

    def _take_places(self, scene: Scene) -> Iterator[Place]:
        for pane in scene.panes:
            rect = pane.rect.scaled(self._size)
            if rect.width > 0 and rect.height > 0:
                border = self._border(rect, pane.leg == scene.active)
                yield Place(pane.leg, rect.x, rect.y, Shape(rect.width, rect.height, border))

    def _border(self, rect: PixelRect, active: bool) -> Border:
        if rect.width >= self._size.width_px:
            return Border.NONE
        return Border.ACTIVE if active else Border.LINE

    def _update(
        self,
        drawings: Sequence[Drawing],
        before: Sequence[Drawing | None],
        party_of: PartyOf,
        changed: MacroblockMap,
    ) -> bool:
        """Draws what differs from before, and again what lies over it; False when that changed no pixel."""
        any_pixel = False
        redrawn: list[Rectangle] = []
        for drawing, old in zip(drawings, before, strict=True):
            rect = drawing.place.rect
            if drawing != old:
                parts = _parts(drawing, old)
            elif self._overlap and any(_meet(rect, other) for other in redrawn):
                parts = [(0, 0, *rect[2:])]
            else:
                continue
            redrawn.append(rect)
            any_pixel |= self._draw(drawing, parts, party_of, changed)
        return any_pixel

    def _draw(
        self, drawing: Drawing, parts: Sequence[Rectangle], party_of: PartyOf, changed: MacroblockMap
    ) -> bool:
        place, face = drawing
        party = party_of(place.leg)
        if face is None or party is None:
            self._clear(place.rect)
            changed.mark(place.rect)
            return True
        drawn_before = party.panes.drawn_pixels
        picture = party.panes.pane(place.shape, face)
        self.drawn_pixels += party.panes.drawn_pixels - drawn_before
        any_pixel = False
        for part in parts:
            x, y = place.x + part[0], place.y + part[1]
            any_pixel |= video.update(picture.planes, part, self.canvas.planes, x, y, changed)
        return any_pixel

    def _clear(self, rect: Rectangle) -> None:
        video.fill(self.canvas.planes, rect, *_BACKGROUND)


def _face(party: Party | None, now_s: float) -> Face | None:
    return None if party is None else party.face(now_s)


def _parts(drawing: Drawing, old: Drawing | None) -> Sequence[Rectangle]:
    """Which parts of the pane differ from the old drawing of the same pane."""
    shape = drawing.place.shape
    if old is None or old.face is None or drawing.face is None:
        return [(0, 0, shape.width_px, shape.height_px)]
    return patches(shape, drawing.face, old.place.shape.border, old.face)


def _overlap(places: Sequence[Place]) -> bool:
    """Whether any two panes share pixels: then one cannot be drawn without those above it."""
    rects = [place.rect for place in places]
    return any(_meet(a, b) for index, a in enumerate(rects) for b in rects[:index])


def _meet(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
