"""A source at a size: what a pane needs and what crosses between workers."""

from dataclasses import dataclass

from cms_media.base.types import LegId


@dataclass(frozen=True, slots=True)
class Tile:
    """A leg's picture, fitted into so many pixels; without name and frame."""

    leg: LegId
    width_px: int
    height_px: int
