"""Where a canvas differs from the picture that was encoded last: drawing and encoding need not go in step."""

from collections.abc import Iterable

from cms_media.codecs.picture import Rectangle

_MOST_RECTANGLES = 64
"""Two dozen panes with a label each; a canvas with more is taken for changed as a whole."""


class Changes:
    """Rectangles since the last `clear`."""

    def __init__(self, whole: Rectangle) -> None:
        """`whole` is the canvas; at first all of it is new."""
        self._whole = whole
        self._found = {whole: None}

    def add(self, rectangles: Iterable[Rectangle]) -> None:
        """Something was drawn there."""
        self._found.update(dict.fromkeys(rectangles))
        if len(self._found) > _MOST_RECTANGLES or self._whole in self._found:
            self._found = {self._whole: None}

    def clear(self) -> None:
        """The canvas as it is was encoded."""
        self._found.clear()

    @property
    def rectangles(self) -> tuple[Rectangle, ...]:
        """Every pixel that may differ is in one of these."""
        return tuple(self._found)
