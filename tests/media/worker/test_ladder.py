"""The ladder in virtual time, with a worker that is as busy as its load makes it at each step."""

from collections.abc import Callable
from itertools import cycle, pairwise

import pytest

from cms_media.media.ladder_step import Step
from cms_media.media.worker.ladder import CALM_S, CONFIRM_S, SAMPLE_S, Ladder, Sample

DECODE = 0.25
"""Share of the work at full quality that no step makes less."""
QUICK = 0.8
"""What quick encodes cost of thorough ones."""
PIXELS = {Step.P540: 9 / 16, Step.P360: 1 / 4}


class Worker:
    """Busy as a worker would be; `shares`: what sharing leaves of the views."""

    def __init__(self, shares: float = 1.0) -> None:
        self.ladder = Ladder()
        self.now_s = 0.0
        self.load = 0.5
        self.shares = shares
        self.steps: list[Step] = []

    def making(self) -> float:
        step = self.ladder.step
        views = self.shares * QUICK if step >= Step.SHARE else 1.0
        fps = (step.most_fps or 30) / 30
        return self.load * (1 - DECODE) * views * fps * PIXELS.get(step, 1.0)

    def demand(self) -> float:
        return self.load * DECODE + self.making()

    def run(self, seconds: float, change: Callable[[float], None] = lambda _: None) -> None:
        for _ in range(round(seconds / SAMPLE_S)):
            self.now_s += SAMPLE_S
            change(self.now_s)
            demand, making = self.demand(), self.making()
            unshared = making / self.shares / QUICK if self.ladder.step >= Step.SHARE else making
            late = max(0.0, 1 - 1 / demand)
            if self.ladder.report(Sample(min(1.0, demand), late, 0, making, unshared), self.now_s):
                self.steps.append(self.ladder.step)


@pytest.mark.parametrize(
    ("load", "settled"),
    [
        (0.9, Step.FULL),
        (1.05, Step.SHARE),
        (1.3, Step.FPS_20),
        (1.7, Step.FPS_15),
        (2.1, Step.FPS_10),
        (2.5, Step.P540),
        (3.0, Step.P360),
    ],
)
def test_it_goes_down_in_order_as_far_as_it_must_and_stays(load: float, settled: Step) -> None:
    worker = Worker()
    worker.load = load
    worker.run(20)
    assert worker.steps == list(Step)[1 : settled + 1]
    worker.run(300)
    assert worker.ladder.step == settled
    assert worker.ladder.steps_up == 0, "nothing was taken back that could not be kept"


def test_at_130_percent_the_lateness_is_over_within_a_few_seconds() -> None:
    worker = Worker()
    worker.run(10)
    worker.load = 1.3
    worker.run(5)
    assert worker.ladder.step == Step.FPS_20
    assert worker.demand() < 1


def test_when_the_load_falls_everything_is_taken_back_a_step_at_a_time() -> None:
    worker = Worker()
    worker.load = 2.5
    worker.run(30)
    down = len(worker.steps)
    worker.load = 0.5
    worker.run(CALM_S - SAMPLE_S)
    assert len(worker.steps) == down
    worker.run(5 * CALM_S + 10)
    assert worker.steps[down:] == [Step.FPS_10, Step.FPS_15, Step.FPS_20, Step.SHARE, Step.FULL]


def test_a_short_lateness_is_no_overload() -> None:
    worker = Worker()

    def burst(now_s: float) -> None:
        worker.load = 2.0 if now_s % 10 <= CONFIRM_S - SAMPLE_S else 0.6

    worker.run(120, burst)
    assert worker.steps == []


def test_sharing_that_saves_much_is_not_given_up_while_it_is_needed() -> None:
    worker = Worker(shares=1 / 9)
    worker.load = 1.8
    worker.run(600)
    assert worker.steps == [Step.SHARE]
    worker.load = 0.2
    worker.run(60)
    assert worker.ladder.step == Step.FULL


@pytest.mark.parametrize("shares", [1.0, 1 / 9])
def test_what_is_expected_of_a_step_up_is_what_comes_of_it(shares: float) -> None:
    worker = Worker(shares)
    worker.load = 1.8
    worker.run(60)
    worker.load = 0.8
    while worker.ladder.step is not Step.FULL:
        ups = worker.ladder.steps_up
        worker.run(SAMPLE_S)
        if worker.ladder.steps_up > ups:
            assert worker.ladder.expected == pytest.approx(worker.demand(), rel=0.05)
    worker.run(SAMPLE_S)
    assert worker.ladder.expected == 0.0, "there is no step up from here"


@pytest.mark.parametrize(("mean", "settled"), [(0.8, Step.FULL), (0.9, Step.SHARE)])
def test_single_samples_that_err_decide_nothing(mean: float, settled: Step) -> None:
    ladder = Ladder()
    ladder.step = Step.SHARE
    errors = cycle([-0.2, 0.15, 0.05, -0.1, 0.1])
    for number in range(60):
        ladder.report(Sample(0.3, 0.0, making=0.1, unshared=mean - 0.2 + next(errors)), number * SAMPLE_S)
    assert ladder.step == settled


def test_what_was_learnt_outlasts_a_moment_in_which_sound_was_late() -> None:
    ladder = Ladder()
    ladder.step = Step.SHARE
    usual, erring = Sample(0.3, 0.0, 0, 0.1, 0.55), Sample(0.3, 0.0, 0, 0.1, 0.75)
    samples = [*[usual] * 10, Sample(0.3, 0.0, late_ticks=4), erring, *[usual] * int(CALM_S / SAMPLE_S)]
    for number, sample in enumerate(samples):
        ladder.report(sample, number * SAMPLE_S)
    assert ladder.step is Step.FULL


def test_more_work_that_comes_while_it_is_calm_is_noticed_in_time() -> None:
    worker = Worker(shares=1 / 9)
    worker.load = 1.5
    worker.run(5)
    worker.load = 0.7
    worker.run(CALM_S - 3)
    worker.load = 1.5
    worker.run(60)
    assert worker.steps == [Step.SHARE]


def test_steps_up_that_prove_wrong_are_tried_ever_more_rarely() -> None:
    """The estimate errs: what looks calm at a step is too much at the one above."""
    ladder, ups, now_s = Ladder(), [], 0.0
    while now_s < 600:
        now_s += SAMPLE_S
        late = 0.3 if ladder.step < Step.FPS_20 else 0.0
        before = ladder.step
        if ladder.report(Sample(0.5, late), now_s) and ladder.step < before:
            ups.append(now_s)
    gaps = [after - before for before, after in pairwise(ups)]
    assert len(ups) <= 6
    assert gaps == sorted(gaps)
    assert gaps[-1] > 100


@pytest.mark.parametrize(
    "sample",
    [Sample(1.0, 0.0), Sample(0.5, 0.2), Sample(0.5, 0.0, late_ticks=5)],
    ids=["never waits", "late pictures", "late sound"],
)
def test_each_sign_of_overload_counts(sample: Sample) -> None:
    ladder = Ladder()
    for number in range(5):
        ladder.report(sample, number * SAMPLE_S)
    assert ladder.step == Step.SHARE


def test_it_ends_at_the_last_step() -> None:
    ladder = Ladder()
    for number in range(100):
        ladder.report(Sample(1.0, 0.9), number * SAMPLE_S)
    assert (ladder.step, ladder.steps_down) == (Step.P360, 6)


@pytest.mark.parametrize(
    ("step", "shares", "refuses", "fps", "height_px"),
    [
        (Step.FULL, False, False, None, None),
        (Step.SHARE, True, False, None, None),
        (Step.FPS_20, True, True, 20, None),
        (Step.FPS_15, True, True, 15, None),
        (Step.FPS_10, True, True, 10, None),
        (Step.P540, True, True, 10, 540),
        (Step.P360, True, True, 10, 360),
    ],
)
def test_each_step_includes_those_before_it(
    step: Step, shares: bool, refuses: bool, fps: int | None, height_px: int | None
) -> None:
    assert (step.shares, step.refuses, step.most_fps, step.most_height_px) == (
        shares,
        refuses,
        fps,
        height_px,
    )
