"""Where panes move, the old canvas goes while the new one comes."""

from cms_media.codecs.picture import Picture
from cms_media.native import video

_FRAME_S = 1 / 30
"""The first picture is already a step on the way."""


class Fade:
    """What a canvas showed before, for as long as some of it is left."""

    def __init__(self, length_s: float) -> None:
        """0: nothing is ever left."""
        self._length_s = length_s
        self._before: Picture | None = None
        self._began_s = 0.0

    @property
    def on(self) -> bool:
        """Whether the canvas has something of the old picture in it, or is about to."""
        return self._before is not None

    def begin(self, canvas: Picture, now_s: float) -> None:
        """The canvas is about to be drawn anew. One that still fades goes on from what it shows."""
        if self._length_s == 0:
            return
        before = self._before or Picture.blank(canvas.width_px, canvas.height_px)
        video.copy(canvas.planes, canvas.even_rectangle(), before.planes, 0, 0)
        self._before, self._began_s = before, now_s

    def draw(self, canvas: Picture, now_s: float) -> None:
        """Mixes what is left of the old picture into the new one, which was just drawn on the canvas."""
        if self._before is None:
            return
        left = 1 - (now_s - self._began_s + _FRAME_S) / self._length_s
        if left < 0.01:
            self._before = None
            return
        video.dissolve(self._before.planes, canvas.planes, canvas.even_rectangle(), round(left * 100))
