"""Films: made, kept, read back, legible in a small pane."""

from pathlib import Path

import pytest

from cms_media.bench import film as film_module
from cms_media.bench.film import CUTS, MARK, FilmShelf, shoot
from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.encoder import EncodedPicture, EncoderFormat, VideoEncoder
from cms_media.codecs.pattern import Identity, read_identity
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec
from cms_media.layout.types import Size

PICTURES = 4


@pytest.fixture(scope="module")
def films() -> dict[str, list[EncodedPicture]]:
    return shoot(27, PICTURES)


def _decoded(film: list[EncodedPicture]) -> list[Picture]:
    decoder = VideoDecoder(Codec.H264)
    return [picture for unit in film for picture in decoder.decode(unit.data)]


@pytest.mark.parametrize("cut", CUTS)
def test_every_cut_says_whose_and_which(films: dict[str, list[EncodedPicture]], cut: str) -> None:
    assert [unit.key_frame for unit in films[cut]] == [True, False, False, False]
    read = [read_identity(picture, place=MARK) for picture in _decoded(films[cut])]
    assert read == [Identity(27, number) for number in range(PICTURES)]


def test_the_mark_survives_the_smallest_pane_and_a_second_encode(
    films: dict[str, list[EncodedPicture]],
) -> None:
    encoder = VideoEncoder(EncoderFormat(Codec.H264, 256, 144, bitrate_bps=80_000))
    shown = [encoder.encode(picture.scaled(256, 144)) for picture in _decoded(films["360p"])]
    read = [read_identity(picture, place=MARK) for picture in _decoded(shown)]
    assert read == [Identity(27, number) for number in range(PICTURES)]


def test_what_was_made_is_found_again_and_what_is_broken_is_made_anew(
    films: dict[str, list[EncodedPicture]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def make(number: int) -> dict[str, list[EncodedPicture]]:
        made.append(number)
        return films

    monkeypatch.setattr(film_module, "shoot", make)
    monkeypatch.setattr(film_module, "PERIOD", PICTURES)
    for _ in range(2):
        FilmShelf(tmp_path).load([27], lambda done, of: None)
    assert made == [27]
    kept = next(tmp_path.rglob("027-360p.film"))
    kept.write_bytes(kept.read_bytes()[:-1])
    shelf = FilmShelf(tmp_path)
    shelf.load([27], lambda done, of: None)
    assert made == [27, 27]
    assert list(shelf.film(27, "360p")) == films["360p"]
    pictures = shelf.pictures(27, "720p", frozenset({1, 3}), Size(320, 180))
    assert {number: read_identity(picture, place=MARK) for number, picture in pictures.items()} == {
        1: Identity(27, 1),
        3: Identity(27, 3),
    }
