"""One participant as others see him: his picture and his name."""

from collections.abc import Callable

from cms_media.media.worker.source import Source
from cms_media.media.worker.tile import Tiles


class Party:
    """What a canvas needs of a leg."""

    def __init__(self, label: str, ask_for_key_frame: Callable[[], None]) -> None:
        self.label = label
        self.source = Source(ask_for_key_frame)
        self.tiles = Tiles()
