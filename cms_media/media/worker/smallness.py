"""Whether a small picture of a source is enough, for peers that can only be told by a re-INVITE. Pure; takes the time.

Coarser than `appetite`, and slower to ask for less, because every question is a transaction in which some endpoints
begin their video anew.
"""

SMALL_PX = 360
"""Lines: up to this a small picture (`sdp.small`) is enough."""
SMALL_AFTER_S = 10.0
"""So long a source must be small before less is wanted of it."""


class Smallness:
    """Of one source."""

    def __init__(self) -> None:
        self.enough = False
        """A small picture is."""
        self._since_s: float | None = None

    def look(self, pane_px: int, sent_px: int, now_s: float) -> bool:
        """Lines of the largest pane in which anybody sees it, and of what it sends; True when `enough` has changed.

        More is wanted at once. Less is not, of a source that sends no more anyway or has sent nothing yet (0).
        """
        if pane_px > SMALL_PX or not (self.enough or sent_px > SMALL_PX):
            self._since_s = None
            return self._change(enough=False)
        if self._since_s is None:
            self._since_s = now_s
        return now_s - self._since_s >= SMALL_AFTER_S and self._change(enough=True)

    def forget(self) -> bool:
        """The source can be told by other means now; True when `enough` has changed."""
        self._since_s = None
        return self._change(enough=False)

    def _change(self, *, enough: bool) -> bool:
        changed = enough is not self.enough
        self.enough = enough
        return changed
