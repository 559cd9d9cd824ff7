"""The layouts as data: which templates each has, and by what order people fill the panes.

They behave as the CMS API names them: `allEqual` grows with the people, the others keep their grid and leave cells
empty; that two people sit side by side, letterboxed, is our reading.
"""

from dataclasses import dataclass
from enum import Enum, auto

from cms_media.layout.types import LayoutName, Rect


@dataclass(frozen=True, slots=True)
class Template:
    """Panes in the order in which they are filled."""

    rects: tuple[Rect, ...]


class Filling(Enum):
    """Who goes into the first pane, the second, ..."""

    ROSTER = auto()
    """The most important first, then whoever came first: nobody moves when somebody else speaks."""
    SPEAKER = auto()
    """The most important first, then whoever spoke last."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A family of templates by rising number of panes: the first that has a pane for everybody serves."""

    filling: Filling
    templates: tuple[Template, ...]

    def template_for(self, people: int) -> Template:
        """The smallest template with a pane for each, or the largest there is."""
        fitting = (item for item in self.templates if len(item.rects) >= people)
        return next(fitting, self.templates[-1])


def _grid(columns: int) -> Template:
    """A square of equal cells, row by row from the top left; 16:9 like the canvas."""
    edge = 1 / columns
    cells = ((row, column) for row in range(columns) for column in range(columns))
    return Template(tuple(Rect(column * edge, row * edge, edge, edge) for row, column in cells))


_FULL = Template((Rect(0.0, 0.0, 1.0, 1.0),))
_SIDE_BY_SIDE = Template((Rect(0.0, 0.25, 0.5, 0.5), Rect(0.5, 0.25, 0.5, 0.5)))

LAYOUTS: dict[LayoutName, Layout] = {
    LayoutName.ALL_EQUAL: Layout(
        Filling.ROSTER, (_FULL, _SIDE_BY_SIDE, *(_grid(columns) for columns in (2, 3, 4, 5)))
    ),
    LayoutName.ALL_EQUAL_QUARTERS: Layout(Filling.ROSTER, (_grid(2),)),
    LayoutName.ALL_EQUAL_NINTHS: Layout(Filling.ROSTER, (_grid(3),)),
    LayoutName.ALL_EQUAL_SIXTEENTHS: Layout(Filling.ROSTER, (_grid(4),)),
    LayoutName.ALL_EQUAL_TWENTY_FIFTHS: Layout(Filling.ROSTER, (_grid(5),)),
    LayoutName.SPEAKER_ONLY: Layout(Filling.SPEAKER, (_FULL,)),
}
