"""Tile and compose: scaling sources to panes and drawing a 720p canvas of them, CPU time per step.

The library's area filter (libswscale) makes the same tiles in the same run, for comparison.
"""

import json
import time
from collections.abc import Callable

from benchmarks.moving_picture import MovingPicture
from cms_media.base.types import LegId
from cms_media.codecs.picture import Picture
from cms_media.conference.ports import Scene
from cms_media.layout.arrange import Candidate, arrange
from cms_media.layout.types import LayoutName, Size
from cms_media.media.worker.compose import Composer
from cms_media.media.worker.party import Party
from cms_media.media.worker.source import Source
from cms_media.media.worker.tile import draw_tile
from cms_media.native import MacroblockMap

REPEATS = 200
CANVAS = Size(1280, 720)


def main() -> None:
    """Prints microseconds: one tile, one canvas whose sources all have a new picture, one whose panes others drew."""
    films = {name: MovingPicture(*size) for name, size in _SOURCES.items()}
    sources = {name: film.next_picture() for name, film in films.items()}
    tiles = {
        f"{name} to {width}x{height}": {
            "ours": round(_tile_us(picture, width, height), 1),
            "swscale": round(_cpu_us(lambda: picture.scaled(width, height), REPEATS // 10), 1),  # noqa: B023
        }
        for name, picture in sources.items()
        for width, height in _PANES
    }
    canvases = {
        f"{panes} panes of {name}": _canvas_us(film, panes)
        for name, film in films.items()
        for panes in (1, 4, 9, 16, 25)
    }
    print(json.dumps({"scenario": "tile_and_compose", "tile_us": tiles, "canvas_us": canvases}))


_SOURCES = {"720p": (1280, 720), "360p": (640, 360), "vga": (640, 480)}
_PANES = ((1280, 720), (640, 360), (426, 240), (320, 180), (256, 144))


def _cpu_us(step: Callable[[], object], repeats: int = REPEATS) -> float:
    step()
    started_s = time.process_time()
    for _ in range(repeats):
        step()
    return (time.process_time() - started_s) / repeats * 1e6


def _party(picture: Picture) -> Party:
    source = Source(lambda: None)
    source.picture = picture
    source.renew(0.0)
    return Party("A participant", source)


def _tile_us(picture: Picture, width: int, height: int) -> float:
    target = Picture.blank(width, height)
    return _cpu_us(lambda: draw_tile(picture, target, dimmed=False))


def _canvas_us(film: MovingPicture, panes: int) -> dict[str, float]:
    """The first view of a new picture of everybody, another view of the same, and one more look at what is drawn."""
    legs = [LegId(f"{number:032x}") for number in range(panes)]
    picture = film.next_picture()
    parties = {leg: _party(picture) for leg in legs}
    sources = [party.source for party in parties.values()]
    scene = Scene(arrange(LayoutName.ALL_EQUAL, [Candidate(leg) for leg in legs], None), active=legs[0])
    first, other = Composer(CANVAS), Composer(CANVAS)
    changed = MacroblockMap(CANVAS.width_px, CANVAS.height_px)
    steps = {"first": first, "another": other, "unchanged": other}
    spent_s = dict.fromkeys(steps, 0.0)
    for _ in range(REPEATS):
        film.next_picture()
        for source in sources:
            source.renew(0.0)
        for name, composer in steps.items():
            started_s = time.process_time()
            composer.draw(scene, parties.get, 0.0, changed)
            spent_s[name] += time.process_time() - started_s
    return {name: round(each_s / REPEATS * 1e6, 1) for name, each_s in spent_s.items()}


if __name__ == "__main__":
    main()
