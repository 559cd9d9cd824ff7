"""How much effort each view gets, by how many there are, and how many there would be if they were not shared."""

from dataclasses import replace
from pathlib import Path

import pytest
from av.video.codeccontext import VideoCodecContext

from cms_media.base.errors import ResourceError
from cms_media.base.types import LegId
from cms_media.codecs import encoder as encoder_module
from cms_media.codecs.encoder import EncoderFormat, VideoEncoder
from cms_media.codecs.table import Codec, EncoderLibrary
from cms_media.media.messages import ExportView, ImportView
from cms_media.media.worker import view as view_module
from cms_media.media.worker.effort import Made
from cms_media.media.worker.gallery import Gallery
from cms_media.media.worker.sharing import ViewKey
from cms_media.native import SlotRing
from tests.media.fake_engine import FakeEngine
from tests.media.plans import scene_of

LEGS = [LegId(name) for name in "abc"]
HD = EncoderFormat(Codec.H264, 1280, 720)


class Told(VideoEncoder):
    """Knows whether it is to be quick."""

    broken = False

    def __init__(self, output: EncoderFormat, quick: bool) -> None:
        super().__init__(output, quick)
        self.quick = quick

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

    def _encoder(self, output: EncoderFormat, quick: bool) -> Told:
        self._encoders.append(Told(output, quick))
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


@pytest.mark.parametrize("overload", [False, True])
def test_each_view_opens_its_encoder_once(monkeypatch: pytest.MonkeyPatch, overload: bool) -> None:
    opened: list[bool] = []

    def opens(output: EncoderFormat, quick: bool) -> VideoCodecContext:
        opened.append(quick)
        return open_context(output, quick)

    open_context = encoder_module._open
    monkeypatch.setattr(encoder_module, "_open", opens)
    monkeypatch.setitem(encoder_module._chosen, Codec.H264, EncoderLibrary.PYAV)
    gallery = Gallery(FakeEngine(), lambda _: None)
    gallery.hurry(overload, None)
    for joining in ([LEGS[0]], LEGS[1:]):
        for leg in joining:
            gallery.wish(leg, ViewKey(scene_of(leg), HD), LEGS.index(leg) + 1)
        gallery.regroup(0.0)
    assert opened == [overload, True, True]


def test_an_encoder_that_refuses_costs_its_own_view_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = Meeting(monkeypatch)
    meeting.joins(LEGS[0])
    meeting.joins(LEGS[1])
    meeting.breaks(LEGS[0])
    meeting.gallery.hurry(True, None)
    assert (meeting.gallery.failures, meeting.quick) == (1, [False, True])
    assert meeting.gallery.view_of(LEGS[0]) is None
    assert meeting.gallery.view_of(LEGS[1]) is not None


def sharing(shown: list[LegId], receivers: list[LegId]) -> Gallery:
    """One view for all who receive, whether or not they see themselves."""
    gallery = Gallery(FakeEngine(), lambda _: None)
    for stream, leg in enumerate(receivers):
        gallery.wish(leg, ViewKey(replace(scene_of(*shown), shared=True), HD), stream)
    gallery.regroup(0.0)
    return gallery


def made(gallery: Gallery, now_s: float) -> Made:
    """What goes out next."""
    while (found := gallery.run_due(now_s)) is None:
        now_s += 0.01
    return found


@pytest.mark.parametrize(
    ("shown", "receivers", "views", "quick"),
    [("abc", "abc", 3, True), ("ab", "abc", 3, True), ("ab", "ab", 2, False), ("ab", "c", 1, False)],
    ids=["all see themselves", "one does not", "two see themselves", "nobody sees himself"],
)
def test_who_sees_himself_would_have_a_view_of_his_own_and_all_others_one(
    shown: str, receivers: str, views: int, quick: bool
) -> None:
    gallery = sharing([LegId(leg) for leg in shown], [LegId(leg) for leg in receivers])
    assert made(gallery, 1.0).unshared == views
    assert gallery.quick_unshared == quick


def test_of_a_view_that_two_workers_share_the_maker_would_make_one_more_and_says_what_it_costs(
    tmp_path: Path,
) -> None:
    path = str(tmp_path / "view")
    SlotRing.create(path, 4, 200_000)
    maker, other = sharing([LEGS[0], LEGS[1]], [LEGS[0]]), sharing([LEGS[0], LEGS[1]], [LEGS[1], LEGS[2]])
    assert made(maker, 1.0).unshared == 1
    (exported,), (imported,) = maker.made(lambda _: True), other.made(lambda _: True)
    assert (exported.selves, imported.selves) == (1, 1)
    maker.carry_out(ExportView(exported.view, path), 1.0)
    other.carry_out(ImportView(imported.view, path), 1.0)
    maker.tell_price(3e-9)
    assert made(maker, 2.0).unshared == 2, "his own, and that for all others, who are at the other worker"
    passed_on = made(other, 2.0)
    assert (passed_on.here, passed_on.unshared) == (False, 1)
    assert passed_on.told_price_s == pytest.approx(3e-9)
