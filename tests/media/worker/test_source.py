"""A source: decoded while watched, careful after loss, dimmed and given up when it freezes."""

from cms_media.codecs.pattern import read_identity
from cms_media.codecs.table import Codec
from cms_media.media.worker.source import Look, Source
from tests.media.fake_engine import FakeCamera


class _Asked:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


def test_not_decoded_before_somebody_looks() -> None:
    asked, camera = _Asked(), FakeCamera(1, source=3)
    source = Source(asked)
    source.accept(camera.unit(), 0.0)
    assert (source.picture, source.skipped, asked.times) == (None, 1, 0)
    assert source.live(0.1)
    source.watch(True, 0.2)
    assert asked.times == 1
    source.accept(camera.unit(), 0.3)
    assert source.picture is None
    source.accept(camera.unit(key_frame=True), 0.4)
    assert source.picture is not None
    assert read_identity(source.picture) == (3, 2)


def test_damage_waits_for_a_key_frame() -> None:
    asked, camera = _Asked(), FakeCamera(1, source=3)
    source = Source(asked)
    source.watch(True, 0.0)
    source.accept(camera.unit(), 0.0)
    source.accept(camera.unit()._replace(damaged=True), 0.1)
    source.accept(camera.unit(), 0.2)
    assert (source.version, asked.times) == (1, 2)
    source.accept(camera.unit(key_frame=True), 0.3)
    source.accept(camera.unit(), 0.4)
    assert (source.version, source.skipped) == (3, 2)


def test_rubbish_is_counted_and_a_key_frame_asked_for() -> None:
    asked, camera = _Asked(), FakeCamera(1, source=3)
    source = Source(asked)
    source.watch(True, 0.0)
    source.accept(camera.unit()._replace(data=b"\0\0\1\x65rubbish"), 0.0)
    assert (source.errors, asked.times, source.picture) == (1, 1, None)
    source.accept(camera.unit(key_frame=True), 0.1)
    assert source.version == 1


def test_frozen_is_dimmed_then_a_card_and_gone() -> None:
    camera, source = FakeCamera(1, source=3), Source(lambda: None)
    source.watch(True, 0.0)
    assert source.look(0.0) is Look.CARD
    source.accept(camera.unit(), 10.0)
    looks = {}
    for now_s in (10.9, 11.0, 14.9, 15.0):
        source.count_freeze(now_s)
        looks[now_s] = source.look(now_s)
    assert looks == {10.9: Look.LIVE, 11.0: Look.DIMMED, 14.9: Look.DIMMED, 15.0: Look.CARD}
    assert (source.live(14.9), source.live(15.0), source.freezes) == (True, False, 1)
    source.accept(camera.unit(), 16.0)
    assert source.look(16.1) is Look.LIVE
    assert source.longest_gap_s == 6.0


def test_coming_into_view_has_a_time_of_grace() -> None:
    camera, source = FakeCamera(1, source=3), Source(lambda: None)
    source.watch(True, 0.0)
    source.accept(camera.unit(), 0.0)
    source.watch(False, 1.0)
    source.accept(camera.unit(), 99.9)
    source.watch(True, 100.0)
    assert source.look(100.5) is Look.LIVE
    assert source.look(101.5) is Look.DIMMED


def test_codec_change_mid_stream() -> None:
    source = Source(lambda: None)
    source.watch(True, 0.0)
    source.accept(FakeCamera(1, source=3).unit(), 0.0)
    source.accept(FakeCamera(1, source=4, codec=Codec.VP8).unit(), 0.1)
    assert source.errors == 0
    assert source.picture is not None
    assert read_identity(source.picture) == (4, 0)


def test_a_dead_source_is_not_revived_by_being_looked_at() -> None:
    camera, source = FakeCamera(1, source=3), Source(lambda: None)
    source.watch(True, 0.0)
    source.accept(camera.unit(), 0.0)
    source.watch(False, 1.0)
    source.watch(True, 100.0)
    assert source.look(100.1) is Look.CARD
    assert not source.live(100.1)


def test_a_codec_change_without_its_key_frame_waits_for_one() -> None:
    asked, other = _Asked(), FakeCamera(1, source=4)
    source = Source(asked)
    source.watch(True, 0.0)
    source.accept(FakeCamera(1, source=3, codec=Codec.VP8).unit(), 0.0)
    other.unit()
    source.accept(other.unit(), 0.1)
    assert (source.version, source.skipped, asked.times) == (1, 1, 1)
    source.accept(other.unit(key_frame=True), 0.2)
    assert source.version == 2
