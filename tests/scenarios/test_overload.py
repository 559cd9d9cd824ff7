"""A gallery on a worker that has far too much to do, and then little again, in virtual time: what everybody sees."""

from collections.abc import Iterator

import pytest

from cms_media.base.types import LegId
from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.pattern import read_identity
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec
from cms_media.conference.ports import Scene
from cms_media.media.ladder_step import Step
from tests.media.fake_engine import FakeCamera, FakeUnit
from tests.media.loaded_worker import LoadedWorker
from tests.media.plans import scene_of

STREAMS = {LegId(name * 32): number for number, name in enumerate("abc", 1)}
FULL_BPS = 2_000_000
QUICK_S, SLOW_S = 0.001, 0.2
"""What an encode takes."""


def others(viewer: LegId) -> Scene:
    """Side by side in the upper half."""
    return scene_of(*(leg for leg in STREAMS if leg != viewer))


class Gallery:
    """Three who send ten pictures a second and see the other two."""

    def __init__(self) -> None:
        self.worker = LoadedWorker(list(STREAMS), others, FULL_BPS)
        self._cameras = {stream: FakeCamera(stream, source=stream) for stream in STREAMS.values()}
        self._decoders = {stream: VideoDecoder(Codec.H264) for stream in STREAMS.values()}
        self._newest: dict[int, Picture] = {}
        """By receiver's stream."""
        self.key_frames = 0

    def run(self, seconds: float, encode_s: float) -> None:
        self.worker.run(seconds, encode_s, self._film)
        engine = self.worker.engine
        sent, engine.sent = engine.sent, []
        for each in sent:
            self.key_frames += each.key_frame
            for stream in each.streams:
                (self._newest[stream],) = self._decoders[stream].decode(each.data)

    def seen(self) -> tuple[Step, set[int], list[list[int | None]], set[int]]:
        """Step, lines of what all get, whom each sees from left to right, what sources were asked for last."""
        return (
            self.worker.relief.ladder.step,
            {picture.height_px for picture in self._newest.values()},
            [list(sources(self._newest[stream])) for stream in STREAMS.values()],
            set(dict(self.worker.engine.bitrates_asked).values()),
        )

    def _film(self) -> None:
        worker = self.worker
        wishes = set(worker.engine.key_frames_asked)
        worker.engine.key_frames_asked.clear()
        for stream, camera in self._cameras.items():
            worker.stage.take(camera.unit(key_frame=stream in wishes), worker.now_s)


def sources(picture: Picture) -> Iterator[int | None]:
    width_px, height_px = picture.width_px // 2, picture.height_px // 2
    for x in (0, width_px):
        identity = read_identity(picture, (x, 0, width_px, height_px))
        yield identity.source if identity else None


@pytest.fixture
def gallery(monkeypatch: pytest.MonkeyPatch) -> Gallery:
    monkeypatch.setattr("cms_media.media.worker.stage.AccessUnit", FakeUnit)
    return Gallery()


def test_a_gallery_gets_small_and_asks_for_little_and_comes_back_by_the_same_steps(gallery: Gallery) -> None:
    everybody = [[2, 3], [1, 3], [1, 2]]
    gallery.run(6, QUICK_S)
    assert gallery.seen() == (Step.FULL, {720}, everybody, {700_000})
    gallery.run(22, SLOW_S)
    assert gallery.seen() == (Step.P360, {360}, everybody, {256_000})
    gallery.run(12, QUICK_S)
    assert gallery.seen() == (Step.P540, {540}, everybody, {700_000})
    gallery.run(12, QUICK_S)
    assert gallery.seen() == (Step.FPS_10, {720}, everybody, {700_000})
    assert gallery.key_frames == len(STREAMS) * 5, "one for each size on the way down and up"
