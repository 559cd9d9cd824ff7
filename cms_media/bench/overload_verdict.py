"""What an overload run must show, and what it did. Pure.

Nobody hears a gap, pictures get worse step by step in the order of the ladder, newcomers are told 503 meanwhile, and
after some have left all is as before.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from cms_media.bench.film import FPS
from cms_media.bench.messages import Counted
from cms_media.bench.verdict import FEWEST_FPS, MOST_CONCEALED, MOST_LATE_SENDS
from cms_media.media.ladder_step import Step
from cms_media.media.worker.ladder import LATE_SHARE

_TICKS_PER_S = 50
_HELD = 1 - 2 * LATE_SHARE
"""Of the pictures that a step leaves: with fewer than LATE_SHARE passed over the ladder stays there."""
_STEP = re.compile(r"event=ladder step=(\w+) before=(\w+)")


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the run as those saw it who were there from its beginning to its end."""

    name: str
    seconds: float
    calls: int
    """At its end."""
    load_percent: int
    """Of what the worker carries in full."""
    steps: tuple[str, ...]
    """Of the ladder, in the order of time; the one that it stood on at the beginning first."""
    busy_percent: float
    """At its end."""
    fps: float
    """Pictures received in a second: the median of all legs."""
    height_px: int
    """Of the pictures sent at its end, the smallest."""
    audio_gaps: int
    longest_gap_ms: float
    audio_concealed_percent: float
    generator_late_percent: float


def make_phase(
    name: str,
    counted: Counted,
    calls: int,
    capacity: float,
    steps: Sequence[Step],
    busy: float,
    height_px: int,
) -> Phase:
    """`capacity` in calls."""
    ticks = _TICKS_PER_S * counted.seconds * len(counted.legs)
    concealed = sum(leg.audio_concealed for leg in counted.legs)
    return Phase(
        name=name,
        seconds=round(counted.seconds, 1),
        calls=calls,
        load_percent=round(100 * calls / capacity),
        steps=tuple(step.name.lower() for step in steps),
        busy_percent=busy,
        fps=round(median(leg.fps for leg in counted.legs), 1) if counted.legs else 0.0,
        height_px=height_px,
        audio_gaps=sum(ear.gaps for ear in counted.ears),
        longest_gap_ms=max((ear.longest_gap_ms for ear in counted.ears), default=0.0),
        audio_concealed_percent=round(100 * concealed / ticks, 3) if ticks else 0.0,
        generator_late_percent=round(100 * counted.sent_late / max(1, counted.sent), 2),
    )


def ladder_steps(log: str) -> list[tuple[Step, Step]]:
    """(before, after) of every change that the bridge's log tells of."""
    return [(Step[before.upper()], Step[after.upper()]) for after, before in _STEP.findall(log)]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a run."""

    phases: Sequence[Phase]
    """In full, getting overloaded, overloaded, getting better, recovered."""
    changes: Sequence[tuple[Step, Step]]
    down: int
    """How many of the first changes were before anybody left."""
    refused: Sequence[str]
    """What a newcomer was told under overload; nothing: he got in."""
    let_in_again: bool


def faults(evidence: Evidence) -> list[str]:
    """Empty: as it should be."""
    rules = (_generator, _sound, _order, _rate, _newcomers, _recovery)
    return [fault for rule in rules if (fault := rule(evidence))]


def _generator(evidence: Evidence) -> str:
    late = [each.name for each in evidence.phases if each.generator_late_percent > 100 * MOST_LATE_SENDS]
    return f"the generator was late in {', '.join(late)}" if late else ""


def _sound(evidence: Evidence) -> str:
    gaps = [f"{each.audio_gaps} in {each.name}" for each in evidence.phases if each.audio_gaps]
    if gaps:
        return f"sound had gaps: {', '.join(gaps)}"
    most = 100 * MOST_CONCEALED
    late = [each.name for each in evidence.phases if each.audio_concealed_percent > most]
    return f"more than {most:.1f} % of the sound came late in {', '.join(late)}" if late else ""


def _order(evidence: Evidence) -> str:
    down = evidence.changes[: evidence.down]
    if not down:
        return "the ladder was not used: there was no overload"
    wrong = [f"{before.name} to {after.name}" for before, after in down if after != before + 1]
    return f"not in the stated order: {', '.join(wrong)}" if wrong else ""


def _rate(evidence: Evidence) -> str:
    full, _, held, _, _ = evidence.phases
    if full.fps < FEWEST_FPS:
        return f"{full.fps} pictures a second before there was any overload"
    wanted = Step[held.steps[-1].upper()].most_fps or FPS
    slow = held.fps < _HELD * wanted
    return f"{held.fps} pictures a second where the ladder leaves {wanted}" if slow else ""


def _newcomers(evidence: Evidence) -> str:
    if not evidence.refused:
        return "a newcomer was let in under overload"
    other = [reason for reason in evidence.refused if " 503" not in reason]
    return f"a newcomer was not told 503 but: {other[0]}" if other else ""


def _recovery(evidence: Evidence) -> str:
    last = evidence.phases[-1]
    if last.steps[-1] != Step.FULL.name.lower() or last.fps < FEWEST_FPS:
        return f"it did not recover: {last.steps[-1]}, {last.fps} pictures a second"
    return "" if evidence.let_in_again else "after it had recovered a newcomer was still refused"
