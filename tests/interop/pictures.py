"""Pictures from PNG files, for the readers of `cms_media.codecs.pattern`."""

from pathlib import Path

import av

from cms_media.codecs.picture import Picture


def load_png(path: Path) -> Picture:
    """A PNG as a 4:2:0 picture."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        return Picture(frame.reformat(format="yuv420p"))
