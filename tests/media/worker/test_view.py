"""A view: who gets which picture, when key frames are made, how it keeps time."""

import pytest

from cms_media.base.types import LegId
from cms_media.codecs.encoder import EncodedPicture, EncoderFormat, VideoEncoder
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec
from cms_media.conference.ports import Scene, ScenePane
from cms_media.layout.types import Rect
from cms_media.media.worker.party import Party
from cms_media.media.worker.source import Source
from cms_media.media.worker.view import View
from cms_media.native import MacroblockMap
from tests.codecs.marks import marked
from tests.media.fake_engine import FakeEngine

A, B = LegId("a"), LegId("b")


def _nobody(_: LegId) -> Party | None:
    return None


@pytest.fixture
def view() -> View:
    view = View(EncoderFormat(Codec.H264, 160, 90), Scene((), "alone", "Demo"), 0.0)
    view.set_receivers({A: 1})
    return view


def _run(view: View, engine: FakeEngine, *times_s: float) -> None:
    for now_s in times_s:
        view.run(_nobody, engine, now_s)


def test_first_picture_is_a_key_frame_and_stills_are_slow(view: View) -> None:
    engine = FakeEngine()
    _run(view, engine, *(n / 30 for n in range(31)))
    assert engine.sent[0].key_frame
    assert not any(sent.key_frame for sent in engine.sent[1:])
    assert 8 <= len(engine.sent) <= 11


def test_fewer_pictures_need_no_key_frame(view: View) -> None:
    engine = FakeEngine()
    _run(view, engine, 0.0)
    assert view.due_s == pytest.approx(1 / 30)
    view.most_fps = 10
    _run(view, engine, 0.1)
    assert view.due_s == pytest.approx(1 / 30 + 0.1)
    assert (view.late, view.key_frames) == (0, 1)
    view.most_fps = None
    _run(view, engine, 0.2)
    assert view.due_s == pytest.approx(1 / 30 + 0.1 + 3 / 30)
    assert (len(engine.sent), view.key_frames) == (3, 1)


def test_a_late_joiner_begins_with_a_key_frame(view: View) -> None:
    engine = FakeEngine()
    _run(view, engine, 0.0)
    view.set_receivers({A: 1, B: 2})
    _run(view, engine, 0.2, 0.4, 0.6)
    assert [(sent.streams, sent.key_frame) for sent in engine.sent] == [
        ((1,), True),
        ((1,), False),
        ((1,), False),
        ((1, 2), True),
    ]


def test_key_frames_keep_their_distance(view: View) -> None:
    engine = FakeEngine()
    for tenth in range(20):
        view.want_key_frame(A, tenth / 10)
        _run(view, engine, tenth / 10)
    assert view.key_frames == 4


def test_a_stream_that_was_opened_anew_is_a_new_receiver(view: View) -> None:
    engine = FakeEngine()
    _run(view, engine, 0.0)
    view.set_receivers({A: 9})
    _run(view, engine, 1.0)
    assert engine.sent[-1] == ((9,), engine.sent[-1].data, True)


def test_missed_frame_times_are_counted_not_made_up(view: View) -> None:
    engine = FakeEngine()
    _run(view, engine, 0.0)
    assert view.due_s == pytest.approx(1 / 30)
    _run(view, engine, 0.51)
    assert view.late == 14
    assert 0.51 < view.due_s <= 0.51 + 1 / 30


def test_the_encoder_hears_of_every_change_since_the_last_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[bytes] = []
    answers = iter((b"key", b"", b"picture", b"still"))

    def encode(
        _: VideoEncoder,
        picture: Picture,
        key_frame: bool,
        changed: MacroblockMap,
        elapsed_s: float,
    ) -> EncodedPicture:
        assert 0.09 < elapsed_s <= 1.0
        told.append(changed.marked)
        return EncodedPicture(next(answers), key_frame)

    monkeypatch.setattr(VideoEncoder, "encode", encode)
    party = Party("Ann", Source(lambda: None))
    view = View(EncoderFormat(Codec.H264, 160, 90), Scene((ScenePane(A, Rect(0, 0, 0.5, 1)),)), 0.0)
    for step in range(4):
        if step < 2:
            party.source.picture = Picture.blank(160, 180, 40 + 80 * step)
            party.source.renew(step / 10)
        view.run({A: party}.get, FakeEngine(), step / 10)
    pane = marked(160, 90, (0, 0, 80, 90)).marked
    assert told == [MacroblockMap(160, 90).marked, pane, pane, marked(160, 90).marked]


def test_a_camera_before_which_nothing_moves_makes_a_still(view: View) -> None:
    engine, party = FakeEngine(), Party("Ann", Source(lambda: None))
    view.scene = Scene((ScenePane(A, Rect(0, 0, 1, 1)),))
    party.source.picture = Picture.blank(320, 180)
    for frame in range(31):
        party.source.renew(frame / 30)
        view.run({A: party}.get, engine, frame / 30)
    assert 10 <= view.frames <= 12
