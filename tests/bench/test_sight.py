"""Judging what legs saw, on canvases drawn by the test itself."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from cms_media.base.types import LegId
from cms_media.bench.film import MARK
from cms_media.bench.plan import Scenario, leg_plan
from cms_media.bench.sight import Expected, Judge, Shown, distinct, expect, psnr_db
from cms_media.codecs.encoder import EncoderFormat, VideoEncoder
from cms_media.codecs.pattern import Identity, draw_identity
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec
from cms_media.layout.arrange import Candidate
from cms_media.layout.types import PixelRect, Rect, Size

A, B, C = LegId("a"), LegId("b"), LegId("c")
LEFT, RIGHT = Rect(0.0, 0.0, 0.5, 1.0), Rect(0.5, 0.0, 0.5, 1.0)
PICTURES = 20


class Shelf:
    """Films of plain pictures."""

    def pictures(self, number: int, cut: str, wanted: frozenset[int], size: Size) -> Mapping[int, Picture]:
        return {frame: _tile(number, frame, size) for frame in wanted}


def _tile(number: int, frame: int, size: Size) -> Picture:
    picture = Picture.blank(size.width_px, size.height_px, 90 + number)
    draw_identity(picture.y, Identity(number, frame), MARK)
    return picture


def _canvas(left: tuple[int, int] | None, right: tuple[int, int] | None) -> Picture:
    canvas = Picture.blank(640, 180)
    for half, shown in enumerate((left, right)):
        if shown is not None:
            canvas.y[:, 320 * half : 320 * half + 320] = _tile(*shown, Size(320, 180)).y
    return canvas


def _stream(*canvases: Picture) -> list[bytes]:
    encoder = VideoEncoder(EncoderFormat(Codec.H264, 640, 180, bitrate_bps=2_000_000))
    return [encoder.encode(canvas).data for canvas in canvases]


def _judge(units: Sequence[bytes], *panes: Shown, empty: tuple[Rect, ...] = ()) -> str:
    return Judge(Shelf()).judge(units, Expected(panes, empty)).fault  # type: ignore[arg-type]


def test_the_right_ones_in_the_right_panes() -> None:
    units = _stream(*(_canvas((1, n), (2, n + 5)) for n in range(PICTURES)))
    expected = Expected((Shown(1, "720p", LEFT), Shown(2, "720p", RIGHT)), ())
    verdict = Judge(Shelf()).judge(units, expected)  # type: ignore[arg-type]
    assert (verdict.fault, verdict.size) == ("", Size(640, 180))
    assert verdict.psnr_db > 35


def test_a_wrong_one_is_named() -> None:
    units = _stream(*(_canvas((1, n), (2, n)) for n in range(PICTURES)))
    assert _judge(units, Shown(3, "720p", LEFT)) == "participant 1 where 3 should be"
    assert _judge(units, Shown(1, "720p", LEFT), empty=(RIGHT,)) == "participant 2 where nobody should be"


def test_nobody_and_a_frozen_one_are_faults() -> None:
    units = _stream(*(_canvas((1, 7), None) for n in range(PICTURES)))
    assert _judge(units, Shown(1, "720p", LEFT)) == "participant 1 stood still"
    assert _judge(units, Shown(2, "720p", RIGHT)) == "participant 2 was legible in 0 of 20 pictures"
    assert "could be decoded" in _judge(units[:3], Shown(1, "720p", LEFT))
    assert "could be decoded" in _judge([b"junk"] * 30, Shown(1, "720p", LEFT))


def test_another_picture_under_the_right_mark_has_a_poor_psnr() -> None:
    canvases = []
    for number in range(PICTURES):
        canvas = _canvas((1, number), None)
        canvas.y[60:, :320] = np.arange(320) % 256
        canvases.append(canvas)
    expected = Expected((Shown(1, "720p", LEFT),), ())
    assert Judge(Shelf()).judge(_stream(*canvases), expected).psnr_db < 20  # type: ignore[arg-type]


def test_psnr_of_a_known_difference() -> None:
    seen, reference = Picture.blank(640, 180, 100), Picture.blank(320, 180, 105)
    assert psnr_db(seen, PixelRect(320, 0, 320, 180), reference) == pytest.approx(34.15, abs=0.01)
    assert psnr_db(seen, PixelRect(320, 0, 320, 180), Picture.blank(320, 180, 100)) == 99.0


def test_who_got_the_same_bytes_saw_the_same() -> None:
    shared = [b"key", b"1", b"2"]
    streams = distinct({A: shared[:2], B: [b"other"], C: shared})
    assert streams == [(shared, [A, C]), ([b"other"], [B])]
    assert distinct({A: [], B: []}) == [([], [A]), ([], [B])]


def test_expectations_follow_layout_roster_and_speaker() -> None:
    films = {A: (0, "720p"), B: (1, "360p"), C: (2, "180p")}
    roster = [Candidate(A), Candidate(B), Candidate(C, last_spoke=1)]
    plan = leg_plan(Scenario.GALLERY, 3, "720p", 10.0)
    gallery = expect(plan, roster, B, films)
    assert [(pane.film, pane.cut) for pane in gallery.panes] == [(0, "720p"), (2, "180p")]
    assert gallery.empty == ()
    speaker = expect(leg_plan(Scenario.SPEAKER, 3, "720p", 10.0), roster, A, films)
    assert [pane.film for pane in speaker.panes] == [2]
    four = expect(plan, [*roster, Candidate(LegId("d"))], A, films | {LegId("d"): (3, "720p")})
    shared = expect(leg_plan(Scenario.SHARED, 3, "720p", 10.0), roster, A, films)
    assert [pane.film for pane in shared.panes] == [0, 1, 2]
    assert shared.empty == (Rect(0.5, 0.5, 0.5, 0.5),)
    assert four.empty == (Rect(0.5, 0.5, 0.5, 0.5),)
