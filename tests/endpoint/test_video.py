"""What the test endpoint does with the pictures that come."""

from itertools import pairwise
from typing import cast

from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.pattern import read_identity
from cms_media.codecs.table import Codec
from cms_media.endpoint.options import DialOptions
from cms_media.endpoint.video import EndpointVideo
from cms_media.layout.types import Size
from cms_media.native import AccessUnit, Engine
from tests.media.fake_engine import FakeCamera, FakeEngine, FakeUnit
from tests.media.plans import video_plan


class Unit:
    """A FakeUnit with its time."""

    def __init__(self, unit: FakeUnit, arrival_s: float) -> None:
        self.codec, self.data, self.key_frame, self.damaged = (
            unit.codec,
            unit.data,
            unit.key_frame,
            unit.damaged,
        )
        self.arrival_s = arrival_s


def feed(video: EndpointVideo, unit: FakeUnit, arrival_s: float) -> None:
    video.on_access_unit(cast(AccessUnit, Unit(unit, arrival_s)))


def test_asked_for_less_it_sends_a_smaller_picture_and_for_more_the_old_one_again() -> None:
    engine = FakeEngine()
    video = EndpointVideo(cast(Engine, engine), 4, DialOptions("", video="pattern:9", size=Size(640, 360)))
    video.start(video_plan(0), 0.0)
    decoder, seen = VideoDecoder(Codec.H264), []
    for frame in range(90):
        engine.limits_bps[4] = 128_000 if 30 <= frame < 60 else 0
        video.send_picture(frame / 30)
        (picture,) = decoder.decode(engine.sent[-1].data)
        seen.append((picture.width_px, engine.sent[-1].key_frame))
        identity = read_identity(picture)
        assert identity is not None
        assert identity.source == 9
    changes = [after for before, after in pairwise([(0, False), *seen]) if before[0] != after[0]]
    assert changes == [(640, True), (320, True), (640, True)]
    assert sum(key_frame for _, key_frame in seen) == 3
    assert video.report().sent_width == 640


def test_after_a_unit_that_cannot_be_decoded_a_key_frame_is_asked_for() -> None:
    engine, camera = FakeEngine(), FakeCamera(4, source=9)
    video = EndpointVideo(cast(Engine, engine), 4, DialOptions("", settle_s=0.0))
    feed(video, camera.unit(), 0.0)
    assert video.last is not None
    video.last = None
    feed(video, camera.unit()._replace(data=b"\0\0\1\x65rubbish"), 0.1)
    feed(video, camera.unit(), 0.2)
    assert (video.last, engine.key_frames_asked) == (None, [4, 4])
    feed(video, camera.unit(key_frame=True), 0.3)
    assert video.last is not None
