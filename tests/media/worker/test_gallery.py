"""How much effort each view gets, by how many there are."""

import pytest

from cms_media.base.errors import ResourceError
from cms_media.base.types import LegId
from cms_media.codecs.encoder import EncoderFormat, VideoEncoder
from cms_media.codecs.table import Codec
from cms_media.media.worker import view as view_module
from cms_media.media.worker.gallery import Gallery
from cms_media.media.worker.sharing import ViewKey
from tests.media.fake_engine import FakeEngine
from tests.media.plans import scene_of

LEGS = [LegId(name) for name in "abc"]
HD = EncoderFormat(Codec.H264, 1280, 720)


class Told(VideoEncoder):
    """Knows whether it is to be quick."""

    quick = False
    broken = False

    def set_quick(self, quick: bool) -> None:
        if self.broken:
            raise ResourceError("broken")
        self.quick = quick
        super().set_quick(quick)


class Meeting:
    """Private views of some legs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._encoders: list[Told] = []
        monkeypatch.setattr(view_module, "VideoEncoder", self._encoder)
        self.gallery = Gallery(FakeEngine(), lambda _: None)

    def _encoder(self, output: EncoderFormat) -> Told:
        self._encoders.append(Told(output))
        return self._encoders[-1]

    def joins(self, leg: LegId) -> None:
        self.gallery.wish(leg, ViewKey(scene_of(leg), HD), LEGS.index(leg) + 1)
        self.gallery.regroup(0.0)

    def leaves(self, leg: LegId) -> None:
        self.gallery.wish(leg, None, None)
        self.gallery.regroup(0.0)

    def breaks(self, leg: LegId) -> None:
        """Its encoder refuses from now on."""
        self._encoders[LEGS.index(leg)].broken = True

    @property
    def quick(self) -> list[bool]:
        """In the order in which they came."""
        return [encoder.quick for encoder in self._encoders]


def test_two_views_are_encoded_thoroughly_and_more_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = Meeting(monkeypatch)
    meeting.joins(LEGS[0])
    meeting.joins(LEGS[1])
    assert meeting.quick == [False, False]
    meeting.joins(LEGS[2])
    assert meeting.quick == [True, True, True]
    meeting.leaves(LEGS[2])
    assert meeting.quick[:2] == [False, False]


def test_in_an_overload_all_are_quick_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = Meeting(monkeypatch)
    meeting.joins(LEGS[0])
    meeting.gallery.hurry(True, None)
    assert meeting.quick == [True]
    meeting.joins(LEGS[1])
    assert meeting.quick == [True, True]
    meeting.gallery.hurry(False, None)
    assert meeting.quick == [False, False]


def test_an_encoder_that_refuses_costs_its_own_view_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = Meeting(monkeypatch)
    meeting.joins(LEGS[0])
    meeting.joins(LEGS[1])
    meeting.breaks(LEGS[0])
    meeting.gallery.hurry(True, None)
    assert (meeting.gallery.failures, meeting.quick) == (1, [False, True])
    assert meeting.gallery.view_of(LEGS[0]) is None
    assert meeting.gallery.view_of(LEGS[1]) is not None
