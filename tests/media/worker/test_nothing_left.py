from typing import cast

import pytest

from cms_media.base.types import CallId, LegId, MediaKind
from cms_media.media import messages as m
from cms_media.media.worker.account import Account
from cms_media.media.worker.stage import Stage
from cms_media.native import Engine
from tests.census import census
from tests.media.fake_engine import FakeCamera, FakeEngine, FakeUnit
from tests.media.plans import audio_plan, scene_of, video_plan

LEGS = 200
STAYS = LegId("stays")


def test_legs_that_are_over_leave_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One stays and watches the others come and go, and speaks; each is seen, speaks, and asks for key frames."""
    monkeypatch.setattr("cms_media.media.worker.stage.AccessUnit", FakeUnit)
    engine = FakeEngine(transports_left=10_000)
    stage = Stage(cast(Engine, engine), lambda _: None, 2_000_000)
    account = Account(stage, cast(Engine, engine))
    now_s = 0.0

    def join(leg: LegId, call: CallId) -> None:
        stage.handle(m.OpenLeg(leg, call, "", (MediaKind.AUDIO, MediaKind.VIDEO)), now_s)
        stage.handle(m.ConfigureLeg(leg, "guest", (audio_plan(), video_plan())), now_s)

    def show(leg: LegId) -> None:
        stage.handle(m.SetScene(STAYS, scene_of(leg)), now_s)
        stage.handle(m.SetScene(leg, scene_of(STAYS)), now_s)
        stage.regroup(now_s)

    def visit(number: int) -> None:
        nonlocal now_s
        leg, call = LegId(f"leg{number}"), CallId("call" if number % 2 else f"own{number}")
        join(leg, call)
        show(leg)
        stage.handle(m.FollowSpeaker(call, leg), now_s)
        stage.handle(m.KeyFrameWanted(leg), now_s)
        stream = stage.legs[leg].video_stream()
        assert stream is not None
        stage.take(FakeCamera(stream, 1).unit(True), now_s)  # type: ignore[arg-type]
        stage.gallery.run_due(now_s + 0.1)
        stage.look_round(now_s)
        account.sample(now_s)
        account.ask()
        while account.asked:
            account.next_part()
        stage.handle(m.CloseLeg(leg), now_s)
        stage.handle(m.SetScene(STAYS, scene_of()), now_s)
        # so long that who asked for key frames is forgotten
        now_s += 20.0
        stage.regroup(now_s)
        stage.look_round(now_s)
        account.sample(now_s)

    join(STAYS, CallId("call"))
    for number in (0, 1):
        visit(number)
    before = census()
    for number in range(2, LEGS):
        visit(number)
    assert census() - before == {}
