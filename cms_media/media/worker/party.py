"""One participant as others see him: his picture and his name."""

from collections.abc import Callable

from cms_media.media.worker.pane import Face, Panes
from cms_media.media.worker.source import Look, Source


class Party:
    """What a canvas needs of a leg."""

    def __init__(self, label: str, ask_for_key_frame: Callable[[], None]) -> None:
        self.label = label
        self.source = Source(ask_for_key_frame)
        self.panes = Panes(self.source)

    def face(self, now_s: float) -> Face:
        """How he looks now."""
        look = self.source.look(now_s)
        return Face(self.label, look, 0 if look is Look.CARD else self.source.version)
