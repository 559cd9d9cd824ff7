"""What a participant's camera sends, encoded once beforehand in the sizes that it may be asked for.

A film begins with a key frame and can be looped from its end to its start. Every picture carries a mark that says
whose it is and which one. The yardstick's encoder makes it, so that what is sent stays the same while the bridge's own
gets better. Films are kept in a folder: making one takes seconds.
"""

import hashlib
import os
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cms_media.bench.camera import PERIOD, Camera
from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.encoder import EncodedPicture, EncoderFormat
from cms_media.codecs.pattern import Identity, Place, draw_identity
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec
from cms_media.codecs.yardstick import YardstickEncoder
from cms_media.layout.types import Size

FPS = 30
MARK: Place = (0.1, 0.06, 0.5, 0.1)
"""A strip in the upper left, clear of frames and labels; its cells are 7 pixels high in a pane of 256x144."""

_EDITION = 1
"""Counts changes of what films show: older ones in the folder are not taken."""
_HEAD = struct.Struct("<?I")


@dataclass(frozen=True, slots=True)
class Cut:
    """One of the sizes of a film."""

    size: Size
    bitrate_bps: int
    """At most; also below what limit the next smaller one is sent."""

    @property
    def format(self) -> EncoderFormat:
        """What a receiver is told of it."""
        return EncoderFormat(Codec.H264, self.size.width_px, self.size.height_px, FPS, self.bitrate_bps)


CUTS = {
    "720p": Cut(Size(1280, 720), 2_000_000),
    "360p": Cut(Size(640, 360), 700_000),
    "180p": Cut(Size(320, 180), 256_000),
}
"""Largest first."""

Film = Sequence[EncodedPicture]


class FilmShelf:
    """Films by participant's number and cut."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made when it is missing."""
        self._folder = folder / _edition()
        self._films: dict[tuple[int, str], Film] = {}

    def load(self, numbers: Sequence[int], progress: Callable[[int, int], None]) -> None:
        """Brings all cuts of these participants into memory; makes what is not there yet."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for done, number in enumerate(numbers):
            progress(done, len(numbers))
            if not all(self._take(number, cut) for cut in CUTS):
                for cut, film in shoot(number).items():
                    _write(self._path(number, cut), film)
                    self._films[number, cut] = film
        progress(len(numbers), len(numbers))

    def film(self, number: int, cut: str) -> Film:
        """One that was loaded."""
        return self._films[number, cut]

    def pictures(self, number: int, cut: str, wanted: frozenset[int], size: Size) -> dict[int, Picture]:
        """What these pictures of a film look like, decoded and scaled by the library."""
        decoder = VideoDecoder(Codec.H264)
        film = self.film(number, cut)
        found = {}
        for frame in range(max(wanted) + 1):
            for picture in decoder.decode(film[frame].data):
                if frame in wanted:
                    found[frame] = picture.scaled(size.width_px, size.height_px)
        return found

    def _take(self, number: int, cut: str) -> bool:
        film = _read(self._path(number, cut))
        if film is not None:
            self._films[number, cut] = film
        return film is not None

    def _path(self, number: int, cut: str) -> Path:
        return self._folder / f"{number:03d}-{cut}.film"


def shoot(number: int, pictures: int = PERIOD) -> dict[str, list[EncodedPicture]]:
    """A participant's film in all cuts: the same picture under the same number in each."""
    camera = Camera(number)
    encoders = {
        name: YardstickEncoder(cut.size.width_px, cut.size.height_px, FPS, cut.bitrate_bps)
        for name, cut in CUTS.items()
    }
    films: dict[str, list[EncodedPicture]] = {name: [] for name in CUTS}
    for frame in range(pictures):
        whole = camera.picture(frame)
        for name, cut in CUTS.items():
            picture = whole.scaled(cut.size.width_px, cut.size.height_px)
            draw_identity(picture.y, Identity(number, frame), MARK)
            films[name].append(encoders[name].encode(picture))
    return films


def default_folder() -> Path:
    """Where films are kept between runs (XDG base directory specification)."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "cms-media" / "films"


def _edition() -> str:
    parts = f"{_EDITION} {CUTS} {MARK} {PERIOD}"
    return hashlib.sha256(parts.encode()).hexdigest()[:12]


def _write(path: Path, film: Film) -> None:
    """Whole or not at all."""
    new = path.with_suffix(f".{os.getpid()}")
    new.write_bytes(b"".join(_HEAD.pack(one.key_frame, len(one.data)) + one.data for one in film))
    new.replace(path)


def _read(path: Path) -> Film | None:
    """None: not there, or not a whole film."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    film, at = [], 0
    while at + _HEAD.size <= len(data):
        key_frame, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        film.append(EncodedPicture(data[at : at + length], key_frame))
        at += length
    whole = at == len(data) and len(film) == PERIOD and film[0].key_frame
    return film if whole else None
