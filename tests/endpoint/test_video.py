"""What the test endpoint does with the pictures that come."""

from typing import cast

from cms_media.endpoint.options import DialOptions
from cms_media.endpoint.video import EndpointVideo
from cms_media.native import AccessUnit, Engine
from tests.media.fake_engine import FakeCamera, FakeEngine, FakeUnit


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
