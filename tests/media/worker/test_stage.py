"""The worker's legs over a fake engine: messages and engine events in, reports and pictures out."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cms_media.base.types import CallId, LegId, MediaKind, SocketAddress
from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.pattern import read_identity
from cms_media.codecs.table import Codec
from cms_media.conference.ports import Prompt, Scene
from cms_media.media import messages as m
from cms_media.media.worker.source import Look
from cms_media.media.worker.stage import Stage
from cms_media.native import Engine, SlotRing
from cms_media.sdp.plan import Feedback, StreamPlan
from tests.media.fake_engine import FakeCamera, FakeEngine, FakeUnit
from tests.media.plans import audio_plan, scene_of, video_plan

A, B, C = (LegId(name * 32) for name in "abc")
CALL = CallId("call")
BOTH = (MediaKind.AUDIO, MediaKind.VIDEO)


class _House:
    """A stage with a clock, and what it reported."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        source_bitrate_bps: int = 2_000_000,
        *,
        asks_by_signalling: bool = False,
    ) -> None:
        for name in ("AccessUnit", "KeyFrameRequest", "Digit", "PeerFault"):
            monkeypatch.setattr(f"cms_media.media.worker.stage.{name}", _EVENTS[name])
        self.engine = FakeEngine()
        self.reports: list[m.Message] = []
        self.stage = Stage(
            cast(Engine, self.engine),
            self.reports.append,
            source_bitrate_bps,
            asks_by_signalling=asks_by_signalling,
        )
        self.now_s = 100.0

    def say(self, *said: m.Message) -> None:
        for message in said:
            self.stage.handle(message, self.now_s)
        self.stage.regroup(self.now_s)

    def join(self, leg: LegId, *plans: StreamPlan, call: CallId = CALL) -> None:
        kinds = tuple(plan.kind for plan in plans)
        self.say(m.OpenLeg(leg, call, "127.0.0.1", kinds), m.ConfigureLeg(leg, leg[:1], plans))

    def take(self, event: Any) -> None:
        self.stage.take(event, self.now_s)

    def run(self, seconds: float, every_frame: Callable[[], None] = lambda: None) -> None:
        for step in range(round(seconds * 240)):
            self.now_s += 1 / 240
            if step % 8 == 0:
                every_frame()
            self.stage.gallery.run_due(self.now_s)

    def of(self, kind: type[m.Message]) -> list[Any]:
        return [report for report in self.reports if isinstance(report, kind)]


def _event(name: str, **values: Any) -> Any:
    return type(name, (SimpleNamespace,), {})(**values)


_EVENTS: dict[str, type] = {
    name: type(name, (SimpleNamespace,), {}) for name in ("KeyFrameRequest", "Digit", "PeerFault")
}
_EVENTS["AccessUnit"] = FakeUnit


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> _House:
    return _House(monkeypatch)


def test_transports_are_reported_in_order_and_extended(house: _House) -> None:
    house.say(m.OpenLeg(A, CALL, "127.0.0.1", (MediaKind.AUDIO,)))
    house.say(m.OpenLeg(A, CALL, "127.0.0.1", (MediaKind.VIDEO,)))
    first, second = house.of(m.Transports)
    assert [t.kind for t in first.transports] == [MediaKind.AUDIO]
    assert [t.kind for t in second.transports] == [MediaKind.AUDIO, MediaKind.VIDEO]
    assert second.transports[0] == first.transports[0]


def test_no_ports_ends_the_leg_and_frees_what_it_had(house: _House) -> None:
    house.engine.transports_left = 1
    house.say(m.OpenLeg(A, CALL, "127.0.0.1", BOTH))
    assert house.of(m.LegFailed) == [m.LegFailed(A, "no free port")]
    assert house.engine.closed == [1]
    assert not house.stage.legs


def test_a_plan_for_no_transport_ends_one_leg(house: _House) -> None:
    house.join(B, audio_plan())
    house.say(m.OpenLeg(A, CALL, "127.0.0.1", (MediaKind.AUDIO,)), m.ConfigureLeg(A, "a", (audio_plan(5),)))
    assert [report.leg for report in house.of(m.LegFailed)] == [A]
    assert set(house.stage.legs) == {B}


def test_a_call_is_a_room(house: _House) -> None:
    house.join(A, audio_plan())
    house.join(B, audio_plan())
    house.join(C, audio_plan(), call=CallId("other"))
    rooms = [stream.room for stream in house.engine.audio.values()]
    assert rooms[0] == rooms[1] != rooms[2]


def test_transport_without_plan_is_idle(house: _House) -> None:
    house.say(m.OpenLeg(A, CALL, "127.0.0.1", BOTH), m.ConfigureLeg(A, "a", (audio_plan(),)))
    assert (list(house.engine.audio), house.engine.idled) == ([1], [2])


def test_everybody_sees_the_others(house: _House) -> None:
    for leg in (A, B, C):
        house.join(leg, audio_plan(), video_plan())
    house.say(*(m.SetScene(leg, scene_of(*({A, B, C} - {leg}))) for leg in (A, B, C)))
    cameras = [FakeCamera(stream, source=stream) for stream in (2, 4, 6)]

    def film() -> None:
        for camera in cameras:
            house.take(camera.unit())

    house.run(1.0, film)
    decoder = VideoDecoder(Codec.H264)
    shown = [
        picture for sent in house.engine.sent if sent.streams == (2,) for picture in decoder.decode(sent.data)
    ]
    assert len(shown) >= 29
    sources = {identity.source for x in (0, 640) if (identity := read_identity(shown[-1], (x, 0, 640, 360)))}
    assert sources == {4, 6}


def test_equal_scenes_are_encoded_once(house: _House) -> None:
    for leg in (A, B, C):
        house.join(leg, video_plan(0))
    house.say(*(m.SetScene(leg, scene_of(A)) for leg in (B, C)))
    assert len(house.stage.gallery.views()) == 1
    house.run(0.1)
    assert house.engine.sent[0].streams == (2, 3)


def test_sources_nobody_sees_are_not_decoded(house: _House) -> None:
    house.join(A, video_plan(0))
    house.join(B, video_plan(0))
    house.say(m.SetScene(A, scene_of(B)))
    for stream, leg in ((1, A), (2, B)):
        house.take(FakeCamera(stream, source=stream).unit())
        assert (house.stage.legs[leg].source.version == 1) == (leg == B)
    assert house.of(m.VideoSource) == [m.VideoSource(A, True), m.VideoSource(B, True)]


def test_the_engine_keeps_pictures_that_nobody_sees_to_itself(house: _House) -> None:
    house.join(A, video_plan(0))
    house.join(B, video_plan(0))
    assert house.engine.seen == {1: False, 2: False}
    house.say(m.SetScene(A, scene_of(B)))
    assert house.engine.seen == {1: False, 2: True}
    house.say(m.ConfigureLeg(B, "b", ()), m.SetScene(A, scene_of(A)))
    house.say(m.ConfigureLeg(B, "b", (video_plan(0),)))
    assert house.engine.seen == {1: True, 2: False}
    house.say(m.ConfigureLeg(B, "b", ()), m.SetScene(A, scene_of(B)))
    house.say(m.ConfigureLeg(B, "b", (video_plan(0),)))
    assert house.engine.seen == {1: False, 2: True}


@pytest.mark.parametrize("plan", [video_plan(0, sending=False), audio_plan()])
def test_who_takes_no_video_gets_none(house: _House, plan: StreamPlan) -> None:
    house.join(A, plan)
    house.say(m.SetScene(A, Scene(())))
    assert house.stage.gallery.views() == []


def test_hold_and_resume(house: _House) -> None:
    house.join(A, video_plan(0))
    house.say(m.SetScene(A, Scene(())))
    house.run(0.2)
    house.say(m.ConfigureLeg(A, "a", (video_plan(0, sending=False),)))
    sent = len(house.engine.sent)
    house.run(0.5)
    assert len(house.engine.sent) == sent
    house.say(m.ConfigureLeg(A, "a", (video_plan(0),)))
    house.run(0.2)
    assert house.engine.sent[sent].key_frame


def test_key_frames_on_request_of_either_kind(house: _House) -> None:
    house.join(A, video_plan(0))
    house.say(m.SetScene(A, Scene(())))
    house.run(1.0)
    house.take(_EVENTS["KeyFrameRequest"](stream=1))
    house.run(1.0)
    house.say(m.KeyFrameWanted(A))
    house.run(1.0)
    assert sum(sent.key_frame for sent in house.engine.sent) == 3


def test_peer_without_feedback_is_asked_by_signalling_once_a_second(house: _House) -> None:
    house.engine.understands_feedback = False
    house.join(A, video_plan(0))
    house.join(B, video_plan(0))
    house.say(m.SetScene(B, scene_of(A)))
    camera = FakeCamera(1, source=1)
    camera.unit()
    house.run(1.5, lambda: house.take(camera.unit()))
    assert house.of(m.KeyFrameNeeded) == [m.KeyFrameNeeded(A)] * 2


def test_prompts(house: _House) -> None:
    house.join(A, audio_plan())
    house.say(m.Play(A, Prompt.ONLY_PARTICIPANT), m.Play(A, Prompt.JOIN), m.Play(A, None))
    assert [(stream, samples is None, loop) for stream, samples, loop in house.engine.played] == [
        (1, False, True),
        (1, False, False),
        (1, True, False),
    ]


def test_digits_faults_and_levels(house: _House) -> None:
    house.join(A, audio_plan())
    house.take(_EVENTS["Digit"](stream=1, digit="5"))
    house.take(_EVENTS["PeerFault"](stream=1, fault="malformed_rtp", peer="192.0.2.1:9"))
    house.take(_EVENTS["Digit"](stream=99, digit="6"))
    assert house.of(m.DigitPressed) == [m.DigitPressed(A, "5")]
    house.engine.heard = [(1, -20.0), (99, -10.0)]
    assert house.stage.levels() == {A: -20.0}


def test_levels_are_of_the_active_speaker_and_of_the_loudest_other(house: _House) -> None:
    other = CallId("other")
    for leg, call in ((A, CALL), (B, CALL), (C, CALL), (LegId("d" * 32), other)):
        house.join(leg, audio_plan(), call=call)
    house.engine.heard = [(1, -30.0), (2, -20.0), (3, -25.0), (4, -50.0)]
    assert house.stage.levels() == {B: -20.0, LegId("d" * 32): -50.0}
    house.say(m.FollowSpeaker(CALL, A))
    assert house.stage.levels() == {A: -30.0, B: -20.0, LegId("d" * 32): -50.0}
    house.say(m.FollowSpeaker(CALL, B), m.FollowSpeaker(CallId("unknown"), C))
    assert house.stage.levels() == {B: -20.0, C: -25.0, LegId("d" * 32): -50.0}
    house.engine.heard = [(3, -25.0)]
    assert house.stage.levels() == {C: -25.0}
    house.say(m.FollowSpeaker(CALL, None))
    assert house.stage.levels() == {C: -25.0}


def test_pictures_may_follow_when_somebody_sees_or_the_call_goes_on_elsewhere(
    house: _House, tmp_path: Path
) -> None:
    ring = str(tmp_path / "ring")
    SlotRing.create(ring, 4, 100)
    house.join(A, audio_plan())
    assert not house.stage.pictures_may_follow()
    house.say(m.SpanCall(CALL, "", (ring,)))
    assert house.stage.pictures_may_follow()
    house.say(m.SpanCall(CALL, "", ()))
    assert not house.stage.pictures_may_follow()
    house.join(B, audio_plan(), video_plan())
    assert house.stage.pictures_may_follow()


def test_a_leg_has_vanished_when_all_that_should_come_is_silent(house: _House) -> None:
    house.join(A, audio_plan(), video_plan())
    house.take(_event("StreamState", stream=1, silent=True))
    assert not house.of(m.MediaTimeout)
    house.take(_event("StreamState", stream=1, silent=False))
    house.take(_event("StreamState", stream=2, silent=True))
    assert not house.of(m.MediaTimeout)
    house.take(_event("StreamState", stream=1, silent=True))
    assert house.of(m.MediaTimeout) == [m.MediaTimeout(A)]


def test_who_only_listens_is_not_missed(house: _House) -> None:
    house.join(A, audio_plan(receiving=False))
    house.take(_event("StreamState", stream=1, silent=True))
    assert not house.of(m.MediaTimeout)


def test_picture_that_stays_away_is_reported(house: _House) -> None:
    house.join(A, video_plan(0))
    house.take(FakeCamera(1, source=1).unit())
    house.stage.look_round(house.now_s + 4.9)
    house.stage.look_round(house.now_s + 5.1)
    assert house.of(m.VideoSource) == [m.VideoSource(A, True), m.VideoSource(A, False)]


def test_close_frees_everything_and_is_idempotent(house: _House) -> None:
    house.join(A, audio_plan(), video_plan())
    house.say(m.SetScene(A, Scene(())))
    house.say(
        m.CloseLeg(A), m.CloseLeg(A), m.SetScene(A, Scene(())), m.Play(A, None), m.ConfigureLeg(A, "", ())
    )
    house.take(_EVENTS["Digit"](stream=1, digit="5"))
    assert house.engine.closed == [1, 2]
    assert house.stage.gallery.views() == []
    assert not house.of(m.DigitPressed)
    house.run(0.1)
    assert house.engine.sent == []


def test_a_receiver_that_asks_for_less_gets_its_own_view(house: _House) -> None:
    for leg in (A, B):
        house.join(leg, video_plan(0))
        house.say(m.SetScene(leg, Scene((), "together")))
    house.engine.limits_bps[2] = 300_000
    house.stage.look_round(house.now_s)
    house.stage.regroup(house.now_s)
    sizes = sorted((view.format.width_px, view.format.bitrate_bps) for view in house.stage.gallery.views())
    assert sizes == [(640, 256_000), (1280, 2_000_000)]


def test_a_receiver_that_keeps_asking_for_key_frames_is_taken_out_of_the_crowd_until_it_is_calm(
    house: _House,
) -> None:
    legs = [LegId(name * 32) for name in "abcde"]
    for leg in legs:
        house.join(leg, video_plan(0))
        house.say(m.SetScene(leg, Scene((), "together")))
    house.run(1.0)

    def look() -> list[int]:
        house.stage.look_round(house.now_s)
        house.stage.regroup(house.now_s)
        return sorted(len(view.legs) for view in house.stage.gallery.views())

    for _ in range(5):
        house.take(_EVENTS["KeyFrameRequest"](stream=1))
        house.run(0.5)
    assert look() == [1, 4]
    sent = len(house.engine.sent)
    house.take(_EVENTS["KeyFrameRequest"](stream=1))
    house.run(1.0)
    streams = {sent.streams for sent in house.engine.sent[sent:] if sent.key_frame}
    assert streams == {(1,)}, "the others are not disturbed any more"
    house.run(10.0)
    assert look() == [5]
    house.run(1.0)
    assert (house.engine.sent[-1].streams, house.stage.gallery.alone) == ((1, 2, 3, 4, 5), 0)


def test_views_get_smaller_one_after_the_other_and_their_legs_together(house: _House) -> None:
    groups = [[LegId(f"{group}{number}" * 16) for number in range(3)] for group in range(3)]
    for number, group in enumerate(groups):
        for leg in group:
            house.join(leg, video_plan(0))
            house.say(m.SetScene(leg, Scene((), str(number))))

    def heights() -> list[tuple[int, int]]:
        views = house.stage.gallery.views()
        return sorted((view.format.height_px, len(view.legs)) for view in views)

    house.stage.most_height_px = 540
    seen = []
    for _ in range(4):
        house.stage.resize(1)
        house.stage.regroup(house.now_s)
        seen.append(heights())
    assert seen == [
        [(540, 3), (720, 3), (720, 3)],
        [(540, 3), (540, 3), (720, 3)],
        [(540, 3), (540, 3), (540, 3)],
        [(540, 3), (540, 3), (540, 3)],
    ]
    house.join(A, video_plan(0))
    house.say(m.SetScene(A, Scene((), "4")))
    assert heights()[0] == (540, 1), "who comes now begins small"
    house.stage.most_height_px = None
    house.stage.resize(9)
    house.stage.regroup(house.now_s)
    assert heights() == [(720, 1), (720, 3), (720, 3), (720, 3)]


def look(house: _House, seconds: float) -> None:
    for _ in range(round(seconds * 10)):
        house.now_s += 0.1
        house.stage.look_round(house.now_s)


def test_who_is_shown_small_is_asked_for_less_and_for_all_at_once_when_he_is_large(house: _House) -> None:
    for leg in (A, B, C):
        house.join(leg, video_plan(0))
        house.say(m.SetScene(leg, scene_of(B, columns=4)))
    house.say(m.SetScene(A, scene_of(B, columns=2)))
    look(house, 4.5)
    assert house.engine.bitrates_asked == []
    look(house, 1.0)
    assert house.engine.bitrates_asked == [(1, 128_000), (2, 700_000), (3, 128_000)]
    asked = len(house.engine.key_frames_asked)
    house.say(m.SetScene(C, scene_of(B, columns=1)))
    assert house.engine.bitrates_asked[3:] == [(2, 2_000_000)]
    assert house.engine.key_frames_asked[asked:] == [2]
    look(house, 10)
    assert len(house.engine.bitrates_asked) == 4


def test_who_sends_no_video_or_is_to_be_left_alone_or_would_not_understand_is_asked_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deaf = video_plan(0, feedback=frozenset({Feedback.PLI}))
    for plan, rate_bps in (
        (video_plan(0, receiving=False), 2_000_000),
        (video_plan(0), 0),
        (deaf, 2_000_000),
    ):
        house = _House(monkeypatch, rate_bps)
        house.join(A, plan)
        look(house, 10)
        assert house.engine.bitrates_asked == []


def watch(house: _House, seconds: float, *cameras: FakeCamera) -> None:
    """As `look`, while the cameras send a picture a second."""
    for _ in range(round(seconds)):
        for camera in cameras:
            house.take(camera.unit(key_frame=True))
        look(house, 1)


def test_who_understands_no_feedback_is_asked_through_control(monkeypatch: pytest.MonkeyPatch) -> None:
    house = _House(monkeypatch, asks_by_signalling=True)
    deaf = video_plan(0, feedback=frozenset({Feedback.PLI}))
    house.join(A, deaf)
    house.join(B, video_plan(0))
    camera = FakeCamera(1, source=1, width_px=1280, height_px=720)
    house.say(m.SetScene(B, scene_of(A, columns=4)))
    watch(house, 9, camera)
    assert house.of(m.SmallEnough) == []
    watch(house, 20, camera)
    assert house.of(m.SmallEnough) == [m.SmallEnough(A, True)]
    house.say(m.SetScene(B, scene_of(A, columns=1)))
    assert house.of(m.SmallEnough)[1:] == [m.SmallEnough(A, False)]
    assert {stream for stream, _ in house.engine.bitrates_asked} == {2}


def test_who_has_learnt_feedback_since_is_asked_by_that(monkeypatch: pytest.MonkeyPatch) -> None:
    house = _House(monkeypatch, asks_by_signalling=True)
    deaf = video_plan(0, feedback=frozenset({Feedback.PLI}))
    house.join(A, deaf)
    house.say(m.SetScene(A, scene_of(A, columns=4)))
    watch(house, 12, FakeCamera(1, source=1, width_px=1280, height_px=720))
    house.say(m.ConfigureLeg(A, "a", (video_plan(0),)))
    watch(house, 12, FakeCamera(1, source=1, width_px=1280, height_px=720))
    assert house.of(m.SmallEnough) == [m.SmallEnough(A, True), m.SmallEnough(A, False)]
    assert house.engine.bitrates_asked == [(1, 256_000)]


def test_a_stream_negotiated_anew_is_asked_anew(house: _House) -> None:
    house.join(A, video_plan(0))
    house.say(m.SetScene(A, Scene(())))
    look(house, 6)
    house.say(m.ConfigureLeg(A, "a", (video_plan(0, remote_rtp=SocketAddress("127.0.0.1", 6000)),)))
    look(house, 6)
    assert house.engine.bitrates_asked == [(1, 128_000)] * 2


def test_a_fault_of_our_own_ends_one_leg(house: _House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.join(A, video_plan(0))
    house.join(B, video_plan(0))

    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(house.stage.legs[A].source, "accept", broken)
    house.take(FakeCamera(1, source=1).unit())
    assert house.of(m.LegFailed) == [m.LegFailed(A, "internal error")]
    assert set(house.stage.legs) == {B}


def test_a_peer_that_stops_its_video_is_a_card_at_once(house: _House) -> None:
    house.join(A, video_plan(0))
    house.join(B, video_plan(0))
    house.say(m.SetScene(B, scene_of(A)))
    house.take(FakeCamera(1, source=1).unit())
    house.say(m.ConfigureLeg(A, "a", (video_plan(0, receiving=False),)))
    house.stage.look_round(house.now_s)
    assert house.of(m.VideoSource) == [m.VideoSource(A, True), m.VideoSource(A, False)]
    assert house.stage.legs[A].source.look(house.now_s) is Look.CARD


def test_a_renegotiated_stream_begins_with_a_key_frame(house: _House) -> None:
    house.join(A, video_plan(0))
    house.say(m.SetScene(A, Scene(())))
    house.run(1.0)
    house.say(m.ConfigureLeg(A, "a", (video_plan(0, remote_rtp=SocketAddress("127.0.0.1", 6000)),)))
    house.run(0.2)
    assert sum(sent.key_frame for sent in house.engine.sent) == 2
