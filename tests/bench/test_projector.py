"""Which picture of which cut comes next."""

import pytest

from cms_media.bench.film import CUTS
from cms_media.bench.projector import Projector, cut_for
from cms_media.codecs.encoder import EncodedPicture


def _films(pictures: int = 3) -> dict[str, list[EncodedPicture]]:
    return {cut: [EncodedPicture(f"{cut} {n}".encode(), n == 0) for n in range(pictures)] for cut in CUTS}


def _play(projector: Projector, pictures: int) -> list[str]:
    return [projector.next_picture().data.decode() for _ in range(pictures)]


def test_a_film_is_looped() -> None:
    assert _play(Projector(_films(), "720p"), 5) == ["720p 0", "720p 1", "720p 2", "720p 0", "720p 1"]


def test_a_key_frame_is_the_films_first_picture() -> None:
    projector = Projector(_films(), "360p")
    assert _play(projector, 2) == ["360p 0", "360p 1"]
    projector.want_key_frame()
    assert projector.next_picture() == EncodedPicture(b"360p 0", True)


def test_another_cut_begins_with_a_key_frame_and_the_same_goes_on() -> None:
    projector = Projector(_films(), "720p")
    _play(projector, 1)
    projector.obey(2_000_000)
    assert _play(projector, 1) == ["720p 1"]
    projector.obey(500_000)
    assert _play(projector, 2) == ["360p 0", "360p 1"]
    projector.obey(0)
    assert _play(projector, 1) == ["720p 0"]


@pytest.mark.parametrize(
    ("source", "limit_bps", "sent"),
    [
        ("720p", 0, "720p"),
        ("720p", 1_000_000, "720p"),
        ("720p", 999_999, "360p"),
        ("720p", 299_999, "180p"),
        ("360p", 0, "360p"),
        ("360p", 5_000_000, "360p"),
        ("360p", 100_000, "180p"),
        ("180p", 1, "180p"),
    ],
)
def test_the_cut_fits_the_limit_and_the_source(source: str, limit_bps: int, sent: str) -> None:
    assert cut_for(source, limit_bps) == sent
