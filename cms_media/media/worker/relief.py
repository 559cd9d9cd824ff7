"""Measures how the worker does and carries out what the ladder says.

time waited, pictures made and passed over, late ticks ─► Sample ─► Ladder ─► frame rates at once, sizes in turn
"""

import logging

from cms_media.media.ladder_step import Step
from cms_media.media.worker.effort import Effort, Made
from cms_media.media.worker.ladder import CALM_SHARE, SAMPLE_S, Ladder, Sample
from cms_media.media.worker.stage import Stage
from cms_media.native import Engine

_RESIZE_LOOKS = 20
"""All views have their new size after so many looks, two seconds: each is a new encoder and a key frame."""

log = logging.getLogger(__name__)


class Relief:
    """The ladder of one worker, tied to its stage."""

    def __init__(self, stage: Stage, engine: Engine, now_s: float) -> None:
        self.ladder = Ladder()
        self._stage = stage
        self._engine = engine
        self._sampled_s = now_s
        self._waited_s = 0.0
        self._seen = (0, 0, 0)
        self._effort = Effort()
        self._last = Sample(0.0, 0.0)

    def waited(self, seconds: float) -> None:
        """The loop had nothing to do for so long."""
        self._waited_s += seconds

    def made(self, made: Made, took_s: float) -> None:
        """The loop was at pictures for so long."""
        self._effort.add(made, took_s)

    def look(self, now_s: float) -> None:
        """Some times a second."""
        self._stage.resize(1 + len(self._stage.gallery.views()) // _RESIZE_LOOKS)
        if now_s - self._sampled_s < SAMPLE_S:
            return
        self._last = self._measure(now_s)
        before = self.ladder.step
        if self.ladder.report(self._last, now_s):
            self._carry_out(before)

    def snapshot(self) -> dict[str, float | int | str]:
        """For status."""
        return {
            "busy_percent": round(100 * self._last.busy, 1),
            "late_percent": round(100 * self._last.late_share, 1),
            "ladder_step": int(self.ladder.step),
            "ladder": self.ladder.step.name.lower(),
            "ladder_steps_down": self.ladder.steps_down,
            "ladder_steps_up": self.ladder.steps_up,
            "busy_percent_a_step_up": round(100 * self.ladder.expected, 1),
        }

    def _measure(self, now_s: float) -> Sample:
        gallery = self._stage.gallery
        seen = (gallery.encodes, gallery.late, int(self._engine.snapshot().get("late_ticks", 0)))
        made, late, ticks = (now - before for now, before in zip(seen, self._seen, strict=True))
        passed_s, waited_s = now_s - self._sampled_s, self._waited_s
        late_share = late / (made + late) if late else 0.0
        spell = self._effort.spell(calm=late_share <= CALM_SHARE, quick=gallery.quick_unshared)
        gallery.tell_price(self._effort.price_s)
        self._seen, self._sampled_s, self._waited_s = seen, now_s, 0.0
        return Sample(
            busy=min(1.0, max(0.0, 1 - waited_s / passed_s)),
            late_share=late_share,
            late_ticks=ticks,
            making=spell.making_s / passed_s,
            unshared=spell.unshared_s / passed_s,
        )

    def _carry_out(self, before: Step) -> None:
        step, sample = self.ladder.step, self._last
        level = logging.WARNING if step > before else logging.INFO
        log.log(
            level,
            "event=ladder step=%s before=%s busy_percent=%.0f late_percent=%.0f late_ticks=%d expected_percent=%.0f",
            *(step.name.lower(), before.name.lower(), 100 * sample.busy, 100 * sample.late_share),
            *(sample.late_ticks, 100 * self.ladder.expected),
        )
        self._stage.spare = step is Step.FULL
        self._stage.most_height_px = step.most_height_px
        self._stage.gallery.hurry(step.shares, step.most_fps)
