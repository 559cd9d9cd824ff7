"""One participant as others see him: his picture and his name."""

from cms_media.media.worker.pane import Face, Panes, Seen
from cms_media.media.worker.source import Look


class Party:
    """What a canvas needs of a participant, whichever worker has his leg."""

    def __init__(self, label: str, source: Seen) -> None:
        self.label = label
        self.panes = Panes(source)
        self.source = source

    def face(self, now_s: float) -> Face:
        """How he looks now."""
        look = self.source.look(now_s)
        return Face(self.label, look, 0 if look is Look.CARD else self.source.version)
