"""One encode between workers: what is written comes out in order, from a key frame on, or is wished for."""

from pathlib import Path

import pytest

from cms_media.codecs.encoder import EncodedPicture
from cms_media.media.worker.span.relay import STALE_S, Reader, Writer
from cms_media.native import SlotRing

KEY, DELTA = EncodedPicture(b"key", True), EncodedPicture(b"delta", False)


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = str(tmp_path / "view")
    SlotRing.create(path, 4, 100)
    return path


def _data(reader: Reader, now_s: float = 1.0) -> list[bytes]:
    return [each.picture.data for each in reader.take(now_s)]


def test_nothing_is_taken_before_the_key_frame_that_was_wished_for(path: str) -> None:
    writer = Writer(path)
    writer.write(DELTA, 0.5)
    reader = Reader(path, 1.0)
    assert writer.key_frame_wished()
    assert not writer.key_frame_wished()
    writer.write(DELTA, 0.6)
    assert (_data(reader), reader.running) == ([], False)
    writer.write(KEY, 0.7)
    writer.write(DELTA, 0.8)
    taken = reader.take(1.0)
    assert [(each.picture, each.capture_s) for each in taken] == [(KEY, 0.7), (DELTA, 0.8)]
    assert reader.running


def test_what_work_costs_where_it_is_encoded_is_passed_on(path: str) -> None:
    writer, reader = Writer(path), Reader(path, 1.0)
    assert reader.price_s == 0.0
    for picture, price_s in ((KEY, 0.0), (KEY, 3.456e-9), (DELTA, 4.5e-9)):
        writer.price_s = price_s
        writer.write(picture, 0.5)
        assert [each.picture for each in reader.take(1.0)] == [picture]
        assert reader.price_s == pytest.approx(price_s)


def test_who_is_too_far_behind_wishes_for_a_key_frame_once(path: str) -> None:
    writer, reader = Writer(path), Reader(path, 1.0)
    writer.write(KEY, 0.1)
    assert _data(reader) == [b"key"]
    writer.key_frame_wished()
    for _ in range(9):
        writer.write(DELTA, 0.2)
    assert (_data(reader), reader.running) == ([], False)
    assert writer.key_frame_wished()
    writer.write(DELTA, 0.2)
    assert _data(reader) == []
    assert not writer.key_frame_wished()
    writer.write(KEY, 0.3)
    assert _data(reader) == [b"key"]


def test_what_is_too_big_is_a_gap_for_the_reader(path: str) -> None:
    writer, reader = Writer(path), Reader(path, 1.0)
    writer.write(KEY, 0.1)
    writer.write(EncodedPicture(b"x" * 101, False), 0.2)
    writer.write(DELTA, 0.3)
    assert _data(reader) == [b"key"]
    assert not reader.running


def test_a_picture_that_was_held_is_no_gap(path: str) -> None:
    writer, reader = Writer(path), Reader(path, 1.0)
    writer.write(KEY, 0.1)
    writer.write(EncodedPicture(b"", False), 0.2)
    writer.write(DELTA, 0.3)
    assert _data(reader) == [KEY.data, DELTA.data]
    assert reader.running


def test_a_writer_that_is_silent_is_given_up(path: str) -> None:
    writer, reader = Writer(path), Reader(path, 1.0)
    writer.write(KEY, 1.0)
    reader.take(1.0)
    assert not reader.stale(1.0 + STALE_S)
    assert reader.stale(1.1 + STALE_S)
