"""What a bridge encodes, made by seeded code: a camera, nine of them, slides with a presenter, too much motion, a call.

Of any size; drawn for 1280x720.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.moving_picture import MovingPicture
from cms_media.base.types import LegId
from cms_media.bench.camera import Camera
from cms_media.bench.film import FPS
from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.picture import Picture, Rectangle
from cms_media.codecs.table import Codec
from cms_media.codecs.yardstick import YardstickEncoder
from cms_media.conference.ports import Scene
from cms_media.layout.arrange import Candidate, arrange
from cms_media.layout.types import LayoutName, Size
from cms_media.media.worker.compose import Composer
from cms_media.media.worker.party import Party
from cms_media.media.worker.source import Source
from cms_media.native import MacroblockMap, video

_DRAWN_HEIGHT_PX = 720
_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
_PAGE_FRAMES = 60
"""Between two page flips."""
_WORDS = (
    "rate",
    "view",
    "canvas",
    "tile",
    "leg",
    "call",
    "bridge",
    "space",
    "mixer",
    "talker",
    "picture",
    "codec",
    "pane",
)


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture, overwritten by the next one, and what of it may differ from the one before (None: all)."""

    picture: Picture
    changed: MacroblockMap | None


def camera(width_px: int, height_px: int, seed: int) -> Iterator[Shot]:
    """A soft scene panning slowly, by parts of pixels, with sensor noise; without end, as all of these."""
    sensor = MovingPicture(width_px * 3 // 2, height_px * 3 // 2, seed + 1)
    canvas = Picture.blank(width_px, height_px)
    while True:
        picture = sensor.next_picture()
        video.scale(picture.planes, picture.even_rectangle(), canvas.planes, canvas.even_rectangle())
        yield Shot(canvas, None)


def gallery(width_px: int, height_px: int, seed: int) -> Iterator[Shot]:
    """Nine cameras of their own speed in labelled panes."""
    canvas = Picture.blank(width_px, height_px, luma=20)
    across, down = width_px // 6 * 2, height_px // 6 * 2
    panes = [(x * across + 2, y * down + 2, across - 4, down - 4) for y in range(3) for x in range(3)]
    sources = [MovingPicture(640, 360, 9 * seed + number) for number in range(1, 10)]
    changed = _marked(width_px, height_px, panes)
    labels = [_label(f"Participant {number}") for number in range(1, 10)]
    while True:
        for number, (source, pane, label) in enumerate(zip(sources, panes, labels, strict=True)):
            for _ in range(1 + number % 2):
                picture = source.next_picture()
            video.scale(picture.planes, picture.even_rectangle(), canvas.planes, pane)
            x, y, _, height = pane
            video.copy(label.planes, label.even_rectangle(), canvas.planes, x + 6, y + height - 26)
        yield Shot(canvas, changed)


def slides(width_px: int, height_px: int, seed: int) -> Iterator[Shot]:
    """Pages of text that flip every two seconds, a small presenter in a corner."""
    random = np.random.default_rng(seed + 5)
    presenter = MovingPicture(640, 360, seed + 3)
    pane_width, pane_height, edge = (_even(px, height_px) for px in (256, 144, 8))
    pane = (width_px - pane_width - edge, height_px - pane_height - edge, pane_width, pane_height)
    canvas = Picture.blank(width_px, height_px)
    changed = _marked(width_px, height_px, [pane])
    frame = 0
    while True:
        flip = frame % _PAGE_FRAMES == 0
        if flip:
            page = _page(random, width_px, height_px)
            video.copy(page.planes, page.even_rectangle(), canvas.planes, 0, 0)
        picture = presenter.next_picture()
        video.scale(picture.planes, picture.even_rectangle(), canvas.planes, pane)
        yield Shot(canvas, None if flip else changed)
        frame += 1


def busy(width_px: int, height_px: int, seed: int) -> Iterator[Shot]:
    """Jumps in all directions under strong noise that is new in every picture: no rate is enough."""
    random = np.random.default_rng(seed + 7)
    ground = MovingPicture(width_px + 128, height_px + 128, seed + 2).next_picture().y.astype(np.int16)
    noise = [random.normal(0, 10, (height_px, width_px)).astype(np.int16) for _ in range(16)]
    canvas = Picture.blank(width_px, height_px)
    x = y = 64
    while True:
        x, y = (int(np.clip(at + random.integers(-20, 21), 0, 127)) for at in (x, y))
        shown = ground[y : y + height_px, x : x + width_px] + noise[random.integers(16)]
        canvas.y[:] = np.clip(shown, 16, 235)
        canvas.u[:] = canvas.y[::2, ::2] // 4 + 96
        yield Shot(canvas, None)


def call(width_px: int, height_px: int, seed: int) -> Iterator[Shot]:
    """Nine people before their webcams as a bridge gets and composes them: most of a picture is the one before."""
    legs = [LegId(str(number)) for number in range(9)]
    cameras = {leg: Camera(9 * seed + number) for number, leg in enumerate(legs)}
    senders = {leg: YardstickEncoder(640, 360, FPS, 700_000) for leg in legs}
    receivers = {leg: VideoDecoder(Codec.H264) for leg in legs}
    parties = {leg: Party(f"Participant {leg}", Source(lambda: None)) for leg in legs}
    scene = Scene(arrange(LayoutName.ALL_EQUAL, [Candidate(leg) for leg in legs], None))
    composer = Composer(Size(width_px, height_px))
    for frame in count():
        for leg, party in parties.items():
            sent = senders[leg].encode(cameras[leg].picture(frame).scaled(640, 360))
            (party.source.picture,) = receivers[leg].decode(sent.data)
            party.source.renew(frame / FPS)
        changed = _marked(width_px, height_px, ())
        composer.draw(scene, parties.get, frame / FPS, changed)
        yield Shot(composer.canvas, changed)


CONTENTS: dict[str, Callable[[int, int, int], Iterator[Shot]]] = {
    "camera": camera,
    "gallery": gallery,
    "slides": slides,
    "busy": busy,
    "call": call,
}
"""By name, each made from width, height and seed."""


def _marked(width_px: int, height_px: int, rectangles: Iterable[Rectangle]) -> MacroblockMap:
    changed = MacroblockMap(width_px, height_px)
    changed.clear()
    for rectangle in rectangles:
        changed.mark(rectangle)
    return changed


def _even(px: int, height_px: int) -> int:
    """What is `px` in a picture of 720 rows, in one of `height_px`."""
    return px * height_px // _DRAWN_HEIGHT_PX & ~1


def _label(text: str) -> Picture:
    image = Image.new("RGB", (130, 20), (40, 40, 40))
    ImageDraw.Draw(image).text((6, 3), text, (230, 230, 230), ImageFont.truetype(_FONT, 13))
    return Picture.from_rgb(np.asarray(image))


def _page(random: np.random.Generator, width_px: int, height_px: int) -> Picture:
    image = Image.new("RGB", (_DRAWN_HEIGHT_PX * width_px // height_px, _DRAWN_HEIGHT_PX), (250, 250, 250))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, image.width, 90), (20, 60, 130))
    draw.text((50, 22), _line(random, 4), (255, 255, 255), ImageFont.truetype(_FONT, 40))
    font = ImageFont.truetype(_FONT, 21)
    for row in range(16):
        draw.text((50, 120 + 35 * row), _line(random, 9), (30, 30, 30), font)
    for bar in range(8):
        top = int(random.integers(350, 520))
        draw.rectangle((980 + 32 * bar, top, 1004 + 32 * bar, 540), (200, 80 + 15 * bar, 40))
    return Picture.from_rgb(np.asarray(image.resize((width_px, height_px), Image.Resampling.LANCZOS)))


def _line(random: np.random.Generator, words: int) -> str:
    return " ".join(str(word) for word in random.choice(_WORDS, words))
