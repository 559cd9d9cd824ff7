"""Maps of what changed, for tests."""

from cms_media.codecs.picture import Rectangle
from cms_media.native import MacroblockMap


def marked(width_px: int, height_px: int, *rectangles: Rectangle) -> MacroblockMap:
    """Nothing but these changed."""
    changed = MacroblockMap(width_px, height_px)
    changed.clear()
    for rectangle in rectangles:
        changed.mark(rectangle)
    return changed
