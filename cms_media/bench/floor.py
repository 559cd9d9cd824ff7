"""What the bare codec takes for one leg of a plan: decode what the leg sends, encode the picture that it gets.

films ─► decoded and scaled to their panes by the library ─► canvas, without frames and names ─► yardstick's encoder

Only decoding one film and encoding the canvas is counted: composing is the bridge's own affair.
"""

from collections.abc import Iterator

from cms_media.base.types import LegId
from cms_media.bench.film import CUTS, FPS, FilmShelf
from cms_media.bench.messages import RawCost
from cms_media.bench.plan import Plan
from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec
from cms_media.codecs.yardstick import decode_cost_ms, encode_cost_ms
from cms_media.layout.arrange import Candidate, arrange
from cms_media.layout.types import PixelRect, Size

PICTURES = 90
CANVAS = Size(1280, 720)
_BITRATE_BPS = CUTS["720p"].bitrate_bps


def raw_cost(plan: Plan, shelf: FilmShelf) -> RawCost:
    """CPU time of this process, one thread. The shelf has the films of all who are shown."""
    sent = [unit.data for unit in shelf.film(0, plan.source)[:PICTURES]]
    return RawCost(
        round(decode_cost_ms(sent), 3),
        round(encode_cost_ms(canvas_pictures(plan, shelf, PICTURES), FPS, _BITRATE_BPS), 3),
    )


def canvas_pictures(plan: Plan, shelf: FilmShelf, count: int) -> Iterator[Picture]:
    """What the first leg should see; each is overwritten by the next."""
    legs = [LegId(f"{number:032x}") for number in range(plan.legs)]
    panes = arrange(plan.layout, list(map(Candidate, legs)), legs[0], plan.self_pane)
    shown = [
        (shelf.film(int(pane.leg, 16), plan.source), VideoDecoder(Codec.H264), pane.rect.scaled(CANVAS))
        for pane in panes
    ]
    canvas = Picture.blank(CANVAS.width_px, CANVAS.height_px)
    for number in range(count):
        for film, decoder, place in shown:
            for picture in decoder.decode(film[number % len(film)].data):
                _paste(canvas, picture.scaled(place.width, place.height), place)
        yield canvas


def _paste(canvas: Picture, tile: Picture, place: PixelRect) -> None:
    canvas.y[place.y : place.y + place.height, place.x : place.x + place.width] = tile.y
    top, left = place.y // 2, place.x // 2
    for mine, theirs in ((canvas.u, tile.u), (canvas.v, tile.v)):
        mine[top : top + place.height // 2, left : left + place.width // 2] = theirs
