"""What a worker reports."""

import logging
from typing import cast

import pytest

from cms_media.base.types import CallId, LegId, MediaKind
from cms_media.conference.ports import LegMediaStatus, Scene
from cms_media.media import messages as m
from cms_media.media.worker.account import Account
from cms_media.media.worker.stage import Stage
from cms_media.native import Engine
from tests.media.fake_engine import FakeEngine
from tests.media.plans import audio_plan, scene_of, video_plan

A = LegId("a" * 32)


def report(account: Account) -> list[LegMediaStatus]:
    """All legs, as if somebody had asked."""
    answer = account.ask()
    if answer is not None:
        assert answer.last
        return list(answer.statuses)
    parts = []
    while account.asked:
        parts.append(account.next_part())
    return [status for part in parts for status in part.statuses]


def test_figures_of_a_leg_and_of_the_worker() -> None:
    engine = FakeEngine()
    stage = Stage(cast(Engine, engine), lambda _: None)
    account = Account(stage, cast(Engine, engine))
    stage.handle(m.OpenLeg(A, CallId("c"), "", (MediaKind.AUDIO, MediaKind.VIDEO)), 0.0)
    stage.handle(m.ConfigureLeg(A, "a", (audio_plan(), video_plan())), 0.0)
    stage.handle(m.SetScene(A, Scene(())), 0.0)
    stage.regroup(0.0)
    account.sample(0.0)
    for frame in range(60):
        stage.gallery.run_due(frame / 30 + 0.04)
    account.sample(2.0)
    engine.units[2] = 60
    (status,) = report(account)
    assert status.leg == A
    assert status.values["audio_packets_received"] == 10
    assert status.values["video_packets_received"] == 20
    assert "audio_details" not in status.values
    assert (status.values["video_in_units"], status.values["video_in_skipped"]) == (60, 60)
    assert (status.values["video_out_width"], status.values["video_out_shared_by"]) == (1280, 1)
    assert 9 <= float(status.values["video_out_fps"]) <= 11
    worker = account.worker()
    assert (worker["legs"], worker["views"], worker["engine_streams"]) == (1, 1, 2)
    stage.handle(m.CloseLeg(A), 3.0)
    account.sample(3.0)
    assert report(account) == []


def test_of_many_legs_some_are_told_at_a_time() -> None:
    engine = FakeEngine()
    stage = Stage(cast(Engine, engine), lambda _: None)
    account = Account(stage, cast(Engine, engine))
    legs = [LegId(f"{number:032x}") for number in range(90)]
    for leg in legs:
        stage.handle(m.OpenLeg(leg, CallId("c"), "", (MediaKind.AUDIO,)), 0.0)
    assert account.ask() is None
    first = account.next_part()
    assert not first.last
    stage.handle(m.CloseLeg(legs[-1]), 0.0)
    rest = []
    while account.asked:
        rest.append(account.next_part())
    assert [part.last for part in rest] == [False] * (len(rest) - 1) + [True]
    told = [status.leg for part in (first, *rest) for status in part.statuses]
    assert told == legs[:-1]


def test_who_was_asked_for_less_is_seen_in_the_figures() -> None:
    engine = FakeEngine()
    stage = Stage(cast(Engine, engine), lambda _: None, source_bitrate_bps=2_000_000)
    account = Account(stage, cast(Engine, engine))
    stage.handle(m.OpenLeg(A, CallId("c"), "", (MediaKind.VIDEO,)), 0.0)
    stage.handle(m.ConfigureLeg(A, "a", (video_plan(0),)), 0.0)

    def asked() -> tuple[object, ...]:
        (status,) = report(account)
        figures = [status.values[f"video_in_{name}"] for name in ("asked_bps", "rate_requests")]
        return (*figures, account.worker()["asked_for_less"])

    stage.look_round(0.0)
    assert asked() == (0, 0, 0)
    stage.look_round(5.0)
    assert asked() == (128_000, 1, 1)
    stage.handle(m.SetScene(A, scene_of(A, columns=1)), 6.0)
    stage.regroup(6.0)
    assert asked() == (2_000_000, 2, 0)


def test_a_kernel_that_refuses_trains_of_packets_is_named_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    engine = FakeEngine()
    account = Account(Stage(cast(Engine, engine), lambda _: None), cast(Engine, engine))
    refused = iter([0, 1, 1, 7])
    monkeypatch.setattr(engine, "snapshot", lambda: {"trains_refused": next(refused), "pinned": True})
    reports = [account.worker() for _ in range(4)]
    assert [report["engine_trains_refused"] for report in reports] == [0, 1, 1, 7]
    assert (reports[0]["engine_pinned"], type(reports[0]["engine_pinned"])) == (1, int)
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 1
