"""The control side over workers that a test plays itself: placement, reports, loss of a worker."""

import asyncio

import pytest

from cms_media.base.errors import SettingsError
from cms_media.base.types import CallId, LegId, MediaKind
from cms_media.conference.ports import LegMediaStatus, LocalTransport, Prompt, Scene
from cms_media.media import messages as m
from cms_media.media.plane import MediaPlane, check_ports
from cms_media.media.pool import Pool
from cms_media.media.settings import MediaSettings
from tests.media.plans import audio_plan, video_plan
from tests.media.recording_events import RecordingEvents

A, B, C = map(LegId, "abc")


class _House:
    """A plane whose workers are lists."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, workers: int = 2, load_limit: int = 0) -> None:
        self.events = RecordingEvents()
        self.sent: list[tuple[int, m.Message]] = []
        self.up = list(range(workers))
        monkeypatch.setattr(Pool, "running", lambda _: self.up)
        monkeypatch.setattr(Pool, "send", lambda _, place, message: self.sent.append((place, message)))
        self.plane = MediaPlane(MediaSettings(workers=workers, load_limit=load_limit), self.events)

    def open(self, leg: LegId, call: str) -> None:
        self.plane.open(leg, CallId(call), "127.0.0.1", (MediaKind.AUDIO,))


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> _House:
    return _House(monkeypatch)


def test_a_call_stays_together_and_calls_are_spread(house: _House) -> None:
    house.open(A, "one")
    house.open(B, "one")
    house.open(C, "two")
    assert [place for place, _ in house.sent] == [0, 0, 1]


def test_everything_goes_where_the_leg_is(house: _House) -> None:
    house.open(A, "one")
    house.plane.configure(A, "Ann", ())
    house.plane.set_scene(A, Scene(()))
    house.plane.play(A, Prompt.JOIN)
    house.plane.key_frame_wanted(A)
    house.plane.close(A)
    house.plane.play(A, None)
    assert [message for _, message in house.sent[1:]] == [
        m.ConfigureLeg(A, "Ann", ()),
        m.SetScene(A, Scene(())),
        m.Play(A, Prompt.JOIN),
        m.KeyFrameWanted(A),
        m.CloseLeg(A),
    ]


def test_reports_are_passed_on_unless_the_leg_is_gone(house: _House) -> None:
    house.open(A, "one")
    port = LocalTransport(MediaKind.AUDIO, 40_000, 40_001)
    reports = [
        m.Transports(A, (port,)),
        m.Levels({A: -20.0, B: -30.0}),
        m.DigitPressed(A, "1"),
        m.VideoSource(A, True),
        m.MediaTimeout(A),
        m.KeyFrameNeeded(A),
        m.SmallEnough(A, True),
        m.LegStatuses((LegMediaStatus(A, {}), LegMediaStatus(B, {})), True),
        m.DigitPressed(B, "2"),
        m.LegFailed(A, "no free port"),
        m.DigitPressed(A, "3"),
    ]
    for report in reports:
        house.plane.on_message(0, report)
    assert house.events.told == [
        ("transports", A, (port,)),
        ("levels", {A: -20.0}),
        ("digit", A, "1"),
        ("video", A, True),
        ("timeout", A),
        ("key frame", A),
        ("small enough", A, True),
        ("status", [A]),
        ("failed", A, "no free port"),
    ]


def test_levels_of_all_workers_are_told_together(house: _House) -> None:
    """Else whoever is on the other worker would seem to pause each time."""
    house.open(A, "one")
    house.open(B, "two")
    house.plane.on_message(0, m.Levels({A: -20.0}))
    house.plane.on_message(1, m.Levels({B: -30.0}))
    house.plane.on_message(0, m.Levels({}))
    house.plane.close(B)
    house.plane.on_message(0, m.Levels({A: -21.0}))
    house.plane.on_worker_lost(1)
    assert [told[1] for told in house.events.told] == [
        {A: -20.0},
        {A: -20.0, B: -30.0},
        {B: -30.0},
        {A: -21.0},
    ]


def test_workers_know_the_active_speaker_of_their_calls(house: _House) -> None:
    house.open(A, "one")
    house.open(B, "two")
    house.plane.follow_speaker(CallId("one"), A)
    house.plane.follow_speaker(CallId("two"), None)
    followed = [(place, message) for place, message in house.sent if isinstance(message, m.FollowSpeaker)]
    assert followed == [
        (0, m.FollowSpeaker(CallId("one"), A)),
        (1, m.FollowSpeaker(CallId("two"), None)),
    ]
    house.sent.clear()
    house.open(C, "one")
    assert house.sent[-1] == (0, m.FollowSpeaker(CallId("one"), A))
    for leg in (A, C):
        house.plane.close(leg)
    house.open(A, "one")
    assert house.sent[-1][1] == m.OpenLeg(A, CallId("one"), "127.0.0.1", (MediaKind.AUDIO,))


async def test_legs_are_asked_for_and_all_workers_waited_for(house: _House) -> None:
    house.open(A, "one")
    house.open(B, "two")
    asking = asyncio.create_task(house.plane.ask_legs())
    again = asyncio.create_task(house.plane.ask_legs())
    await asyncio.sleep(0)
    assert house.sent[2:] == [(0, m.ReportLegs()), (1, m.ReportLegs())]
    house.plane.on_message(0, m.LegStatuses((LegMediaStatus(A, {}),), False))
    house.plane.on_message(0, m.LegStatuses((), True))
    await asyncio.sleep(0)
    assert not asking.done()
    house.plane.on_worker_lost(1)
    await asyncio.gather(asking, again)
    assert ("status", [A]) in house.events.told


async def test_without_workers_there_is_nothing_to_wait_for(house: _House) -> None:
    house.up.clear()
    await house.plane.ask_legs()
    assert house.sent == []


async def test_a_worker_that_does_not_answer_is_waited_for_so_long(
    house: _House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cms_media.media.inquiry.PATIENCE_S", 0.0)
    await house.plane.ask_legs()
    await house.plane.ask_legs()
    assert len(house.sent) == 4


def test_a_lost_worker_takes_its_legs_and_nobody_elses(house: _House) -> None:
    house.open(A, "one")
    house.open(B, "two")
    house.plane.on_worker_lost(0)
    assert [told[:2] for told in house.events.told] == [("failed", A)]
    house.plane.on_message(1, m.DigitPressed(B, "1"))
    assert house.events.told[-1] == ("digit", B, "1")


def test_a_leg_reopened_while_its_worker_is_lost_goes_to_another(
    house: _House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.open(A, "one")
    house.open(B, "one")
    house.up.remove(0)
    monkeypatch.setattr(house.events, "on_media_failed", lambda leg, _: house.open(leg, "one"))
    house.plane.on_worker_lost(0)
    assert [place for place, _ in house.sent] == [0, 0, 1, 1]


async def test_without_a_worker_the_leg_fails_afterwards(house: _House) -> None:
    house.up.clear()
    house.open(A, "one")
    assert house.events.told == []
    await asyncio.sleep(0)
    assert house.events.told == [("failed", A, "no media worker")]


def test_there_is_room_up_to_the_load_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    house = _House(monkeypatch, load_limit=1000)
    house.open(A, "one")
    assert house.plane.has_room((MediaKind.AUDIO,))
    assert not house.plane.has_room((MediaKind.AUDIO, MediaKind.VIDEO))
    house.plane.configure(A, "Ann", (audio_plan(), video_plan()))
    assert not house.plane.has_room((MediaKind.AUDIO,))
    full = {"media_processing_load": 1000, "limit": 1000, "percent": 100.0, "overloaded": False}
    assert house.plane.snapshot()["load"] == full
    house.plane.on_worker_lost(0)
    assert house.plane.has_room((MediaKind.AUDIO, MediaKind.VIDEO))


def test_while_a_worker_makes_too_little_nobody_new_has_room(house: _House) -> None:
    house.plane.on_message(0, m.WorkerStatus({"ladder_step": 1}))
    assert house.plane.has_room((MediaKind.AUDIO,))
    house.plane.on_message(1, m.WorkerStatus({"ladder_step": 2}))
    assert not house.plane.has_room((MediaKind.AUDIO,))
    load = house.plane.snapshot()["load"]
    assert isinstance(load, dict)
    assert load["overloaded"] is True
    house.plane.on_message(0, m.WorkerStatus({"ladder_step": 0}))
    house.plane.on_worker_lost(1)
    assert house.plane.has_room((MediaKind.AUDIO,))
    house.plane.on_message(0, m.WorkerStatus({"ladder_step": 0}))
    assert house.events.told == [("sharing", True), ("sharing", False)]


def test_without_a_limit_it_grows_with_the_workers(house: _House) -> None:
    empty = {"media_processing_load": 0, "limit": 150_000, "percent": 0.0, "overloaded": False}
    assert house.plane.snapshot()["load"] == empty


def test_ports_that_nobody_can_bind_are_refused_at_start() -> None:
    with pytest.raises(SettingsError, match="port_min"):
        check_ports(MediaSettings(address="192.0.2.77"))
    check_ports(MediaSettings(address="127.0.0.1"))
