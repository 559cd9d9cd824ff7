"""What a worker gives up when it cannot keep up, and in which order it takes it back. Pure; takes the time.

    full ─► share (one picture for all who could see the same, quick encodes) ─► 20 ─► 15 ─► 10 fps ─► 540p ─► 360p

Sound is not on it. Down: a step whenever lateness goes on; up: a step after a calm time, and only when the step above
would fit by what the worker is busy now; a step up that proves wrong makes the next try wait twice as long.
"""

from dataclasses import dataclass
from math import inf

from cms_media.media.ladder_step import Step

SAMPLE_S = 0.5
"""How often `report` is to be called."""
LATE_SHARE = 0.05
"""More pictures passed over than this is overload: below, it is the odd moment when others had the core."""
LATE_TICKS = 3
"""Late audio ticks in a sample, of 25: sound does not wait for pictures, so something must give at once."""
BUSY = 0.97
"""A loop that hardly ever waits falls behind with the next picture that is harder to encode."""
CONFIRM_S = 1.5
"""Lateness must go on for so long, also after each step down: a crowd that joins at once is no overload."""
CALM_SHARE = 0.01
FITS = 0.85
"""A step up must be expected to leave so much room."""
LEARNS = 1 / 6
"""Weight of a sample in what is expected: it follows in three seconds, and single samples err by a fifth."""
CALM_S = 10.0
LONGEST_CALM_S = 160.0
"""Before a step up; doubles up to the longest each time that one has to be taken back within RELAPSE_S."""
RELAPSE_S = 30.0

_COST = {
    Step.SHARE: 1.0,
    Step.FPS_20: 2 / 3,
    Step.FPS_15: 1 / 2,
    Step.FPS_10: 1 / 3,
    Step.P540: 1 / 3 * 9 / 16,
    Step.P360: 1 / 3 / 4,
}
"""What the same pictures cost at a step; what sharing saves depends on the calls."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How the worker did since the last one."""

    busy: float
    """Share of the time in which the video loop did not wait."""
    late_share: float
    """Pictures passed over, of all that were due."""
    late_ticks: int = 0
    """Audio ticks that came late."""
    making: float = 0.0
    """Share of the time in which pictures were drawn and encoded: the part of `busy` that the steps change."""
    unshared: float = 0.0
    """What `making` would be if nobody shared more than he must, nor went the quick way for it."""

    @property
    def overloaded(self) -> bool:
        """Something has to be given up, if this goes on."""
        return self.late_share > LATE_SHARE or self.busy > BUSY or self.late_ticks >= LATE_TICKS


class Ladder:
    """Where the worker stands."""

    def __init__(self) -> None:
        self.step = Step.FULL
        self.steps_down = 0
        self.steps_up = 0
        self.expected = 0.0
        """Share of the time in which the worker would be busy a step up, as was last expected; 0: not known, or there
        is none."""
        self._learnt = False
        self._late_since_s: float | None = None
        self._calm_since_s: float | None = None
        self._calm_s = CALM_S
        self._went_up_s = -inf

    def report(self, sample: Sample, now_s: float) -> bool:
        """Takes in how it went; True when `step` has changed."""
        if sample.overloaded:
            self._calm_since_s = None
            return self._on_overload(now_s)
        self._late_since_s = None
        if RELAPSE_S <= now_s - self._went_up_s < inf:
            self._calm_s = CALM_S
        return self._on_ease(sample, now_s)

    def _on_overload(self, now_s: float) -> bool:
        if self._late_since_s is None:
            self._late_since_s = now_s
        if now_s - self._late_since_s < CONFIRM_S or self.step is max(Step):
            return False
        if now_s - self._went_up_s < RELAPSE_S:
            self._calm_s = min(2 * self._calm_s, LONGEST_CALM_S)
        self._went_up_s = -inf
        self._late_since_s = now_s
        self.expected, self._learnt = 0.0, False
        self.step = Step(self.step + 1)
        self.steps_down += 1
        return True

    def _on_ease(self, sample: Sample, now_s: float) -> bool:
        if self.step is Step.FULL:
            self.expected = 0.0
            return False
        expected = self._learn(sample)
        if sample.late_share > CALM_SHARE or expected >= FITS:
            self._calm_since_s = None
            return False
        if self._calm_since_s is None:
            self._calm_since_s = now_s
        if now_s - self._calm_since_s < self._calm_s:
            return False
        self._learnt, self._calm_since_s = False, None
        self._went_up_s = now_s
        self.step = Step(self.step - 1)
        self.steps_up += 1
        return True

    def _learn(self, sample: Sample) -> float:
        """What comes of this sample and those before it at this step."""
        above = Step(self.step - 1)
        pictures = sample.unshared if above is Step.FULL else sample.making * _COST[above] / _COST[self.step]
        now = sample.busy - sample.making + pictures
        self.expected += (LEARNS if self._learnt else 1.0) * (now - self.expected)
        self._learnt = True
        return self.expected
