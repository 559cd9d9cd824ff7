"""What legs saw, judged: access units of each leg in, who was in which pane and how well it looked out.

access units ─► distinct streams ─► decode ─► marks per pane ─► the film's own pictures at the pane's size ─► PSNR

Pure but for the film shelf. Legs that got the same bytes saw the same, and are decoded once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cms_media.base.types import LegId
from cms_media.bench.film import MARK, FilmShelf
from cms_media.bench.plan import Plan
from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.pattern import read_identity
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec
from cms_media.layout.arrange import Candidate, arrange
from cms_media.layout.catalogue import LAYOUTS
from cms_media.layout.types import PixelRect, Rect, SelfPane, Size

COMPARED_EVERY = 6
"""Of the pictures, so many are compared with the film; the marks are read in all of them."""
FEWEST_PICTURES = 15
_MOST_UNLEGIBLE = 0.1
_FRAME_PX, _LABEL_SHARE = 14, 0.2
"""What a pane has that the film has not: a frame all round, and in its lowest fifth a name."""

Units = Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Shown:
    """A participant's place and the film that it shows."""

    film: int
    cut: str
    rect: Rect


@dataclass(frozen=True, slots=True)
class Expected:
    """What one leg should see."""

    panes: tuple[Shown, ...]
    empty: tuple[Rect, ...]
    """Where nobody is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was seen: an empty fault means all as expected."""

    fault: str
    psnr_db: float = 0.0
    size: Size = field(default_factory=lambda: Size(0, 0))


def expect(
    plan: Plan, roster: Sequence[Candidate], viewer: LegId, film_of: Mapping[LegId, tuple[int, str]]
) -> Expected:
    """By the rules of the layout; `film_of` has the number and the cut that each leg sends."""
    panes = arrange(plan.layout, roster, viewer, plan.self_pane)
    taken = {pane.rect for pane in panes}
    people = len(roster) - (plan.self_pane is SelfPane.SKIP)
    free = [rect for rect in LAYOUTS[plan.layout].template_for(people).rects if rect not in taken]
    return Expected(tuple(Shown(*film_of[pane.leg], pane.rect) for pane in panes), tuple(free))


def distinct(units: Mapping[LegId, Units]) -> list[tuple[Units, list[LegId]]]:
    """Streams and who got them; those of one stream may differ in where they end."""
    streams: list[tuple[Units, list[LegId]]] = []
    for leg, seen in units.items():
        for number, (other, legs) in enumerate(streams):
            shared = min(len(seen), len(other))
            if shared and seen[:shared] == other[:shared]:
                legs.append(leg)
                streams[number] = (max(seen, other, key=len), legs)
                break
        else:
            streams.append((seen, [leg]))
    return streams


class Judge:
    """Judges streams against expectations."""

    def __init__(self, shelf: FilmShelf) -> None:
        self._shelf = shelf
        self._references: dict[tuple[int, str, Size], dict[int, Picture]] = {}

    def judge(self, units: Units, expected: Expected) -> Verdict:
        """One stream, from a key frame on."""
        decoder = VideoDecoder(Codec.H264)
        pictures = [picture for unit in units for picture in decoder.decode(unit)]
        if len(pictures) < FEWEST_PICTURES:
            return Verdict(f"{len(pictures)} pictures of {len(units)} access units could be decoded")
        size = Size(pictures[0].width_px, pictures[0].height_px)
        if intruder := _somebody(pictures, [rect.scaled(size) for rect in expected.empty]):
            return Verdict(intruder, size=size)
        verdicts = [self._pane(pictures, shown, shown.rect.scaled(size)) for shown in expected.panes]
        fault = next((verdict.fault for verdict in verdicts if verdict.fault), "")
        quality = min((verdict.psnr_db for verdict in verdicts), default=0.0)
        return Verdict(fault, 0.0 if fault else quality, size)

    def _pane(self, pictures: Sequence[Picture], shown: Shown, place: PixelRect) -> Verdict:
        frames: dict[int, int] = {}
        for number, picture in enumerate(pictures):
            identity = read_identity(picture, _box(place), MARK)
            if identity is None:
                continue
            if identity.source != shown.film:
                return Verdict(f"participant {identity.source} where {shown.film} should be")
            frames[number] = identity.frame
        if len(frames) < len(pictures) * (1 - _MOST_UNLEGIBLE):
            return Verdict(
                f"participant {shown.film} was legible in {len(frames)} of {len(pictures)} pictures"
            )
        if len(set(frames.values())) < len(pictures) // 2:
            return Verdict(f"participant {shown.film} stood still")
        return Verdict("", self._quality(pictures, shown, place, frames))

    def _quality(
        self, pictures: Sequence[Picture], shown: Shown, place: PixelRect, frames: Mapping[int, int]
    ) -> float:
        """Mean luma PSNR of the pane, in dB."""
        compared = list(frames)[::COMPARED_EVERY]
        size = Size(place.width, place.height)
        references = self._references.setdefault((shown.film, shown.cut, size), {})
        missing = frozenset(frames[number] for number in compared) - references.keys()
        if missing:
            references.update(self._shelf.pictures(shown.film, shown.cut, missing, size))
        qualities = [psnr_db(pictures[each], place, references[frames[each]]) for each in compared]
        return sum(qualities) / len(qualities)


def psnr_db(picture: Picture, place: PixelRect, reference: Picture) -> float:
    """Luma PSNR of a pane against a picture of the pane's size, without frame and label; at most 99."""
    top, bottom = _FRAME_PX, int(place.height * (1 - _LABEL_SHARE))
    left, right = _FRAME_PX, place.width - _FRAME_PX
    seen = picture.y[place.y + top : place.y + bottom, place.x + left : place.x + right].astype(np.float32)
    difference = seen - reference.y[top:bottom, left:right]
    mean_square = float(np.mean(difference * difference))
    return min(99.0, 10 * float(np.log10(255.0**2 / mean_square))) if mean_square > 0 else 99.0


def _somebody(pictures: Sequence[Picture], places: Sequence[PixelRect]) -> str:
    for picture in pictures[::COMPARED_EVERY]:
        for place in places:
            if identity := read_identity(picture, _box(place), MARK):
                return f"participant {identity.source} where nobody should be"
    return ""


def _box(place: PixelRect) -> tuple[int, int, int, int]:
    return (place.x, place.y, place.width, place.height)
