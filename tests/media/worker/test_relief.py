"""The ladder on a stage over a fake engine: what is measured, and what each step does to the views."""

import logging
from dataclasses import replace
from typing import cast

import pytest

from cms_media.base.types import LegId
from cms_media.conference.ports import Scene
from cms_media.media import messages as m
from cms_media.media.ladder_step import Step
from tests.media.loaded_worker import LoadedWorker
from tests.media.plans import scene_of

LEGS = [LegId(name * 32) for name in "ab"]


def two_private_views() -> LoadedWorker:
    return LoadedWorker(LEGS, lambda leg: Scene((), leg))


def test_how_it_does_is_measured() -> None:
    worker = two_private_views()
    worker.run(3, encode_s=0.02)
    shown = worker.relief.snapshot()
    assert isinstance(shown["busy_percent"], float)
    # Nothing moves: ten stills a second of each view.
    assert 35 < shown["busy_percent"] < 45
    assert (shown["late_percent"], shown["ladder_step"], shown["ladder"]) == (0.0, 0, "full")


def test_what_is_too_much_gets_slower_then_smaller_and_then_it_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    worker = two_private_views()
    worker.run(3, encode_s=0.2)
    assert worker.relief.ladder.step >= Step.SHARE
    assert not worker.stage.spare
    worker.run(15, encode_s=0.2)
    assert worker.relief.ladder.step == Step.P360
    assert worker.formats() == {(360, 10)}
    said = [record for record in caplog.records if "event=ladder" in record.message]
    assert [record.levelno for record in said] == [logging.WARNING] * 6
    worker.run(24, encode_s=0.001)
    assert worker.relief.ladder.step == Step.FPS_10
    assert worker.formats() == {(720, 10)}
    assert worker.relief.snapshot()["ladder_steps_up"] == 2


def test_a_little_too_much_is_shared_and_that_is_taken_back() -> None:
    worker = two_private_views()
    worker.run(3, encode_s=0.06)
    assert worker.relief.ladder.step == Step.SHARE
    worker.run(2, encode_s=0.001)
    assert cast(float, worker.relief.snapshot()["busy_percent_a_step_up"]) > 0
    worker.run(12, encode_s=0.001)
    assert worker.relief.ladder.step == Step.FULL
    assert worker.relief.snapshot()["busy_percent_a_step_up"] == 0
    assert worker.formats() == {(720, None)}
    assert worker.stage.spare


@pytest.mark.parametrize(("shared", "step"), [(True, Step.SHARE), (False, Step.FULL)])
def test_who_sees_himself_only_for_the_sake_of_sharing_would_cost_a_view_of_his_own(
    shared: bool, step: Step
) -> None:
    worker = two_private_views()
    for leg in LEGS:
        scene = replace(scene_of(*LEGS), shared=shared)
        worker.stage.handle(m.SetScene(leg, scene), worker.now_s)
    worker.run(3, encode_s=0.12)
    assert worker.relief.ladder.step == Step.SHARE
    worker.run(14, encode_s=0.045)
    assert worker.relief.ladder.step == step


def test_late_sound_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    worker, ticks = two_private_views(), iter(range(0, 10_000, 10))
    monkeypatch.setattr(worker.engine, "snapshot", lambda: {"late_ticks": next(ticks)})
    worker.run(3, encode_s=0.001)
    assert worker.relief.ladder.step == Step.SHARE
