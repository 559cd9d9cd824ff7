"""When a run is void: a figure counts only when every leg got what it should. Pure."""

from dataclasses import dataclass

from cms_media.bench.film import FPS
from cms_media.bench.messages import Counted, Seen
from cms_media.bench.plan import Plan

FEWEST_FPS = 0.95 * FPS
WORST_PSNR_DB = 28.0
"""Below it a pane is not the participant's picture but a ruin of it."""
HEIGHT_PX = 720
"""What every leg takes, so what it should get."""
FEWEST_PACKETS = 0.98
_PACKETS_PER_S = 50
MOST_CONCEALED = 0.002
"""Of all 20 ms ticks of all legs: single late packets on a machine that also runs the generator."""
MOST_LATE_SENDS = 0.02
QUIETEST_DBOV = -60.0
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a run."""

    plan: Plan
    not_joined: tuple[str, ...]
    counted: Counted
    seen: Seen
    workers_lost: int
    given_up: tuple[str, ...] = ()
    """Steps of the overload ladder on which workers were."""


def void_reasons(evidence: Evidence) -> list[str]:
    """Empty: the run counts."""
    rules = (_joined, _workers, _ladder, _generator, _packets, _sound, _rate, _damage, _sight)
    return [reason for rule in rules if (reason := rule(evidence))]


def _joined(evidence: Evidence) -> str:
    failed = evidence.not_joined
    return f"{len(failed)} legs did not join: {_some(failed)}" if failed else ""


def _workers(evidence: Evidence) -> str:
    return f"{evidence.workers_lost} media workers were lost" if evidence.workers_lost else ""


def _ladder(evidence: Evidence) -> str:
    steps = ", ".join(evidence.given_up)
    return f"the bridge was overloaded and gave less than it was asked for: {steps}" if steps else ""


def _generator(evidence: Evidence) -> str:
    counted = evidence.counted
    late = counted.sent_late / max(1, counted.sent)
    if late > MOST_LATE_SENDS:
        return f"the generator was late with {late:.1%} of its pictures, by up to {counted.worst_late_ms} ms"
    if counted.skipped_ticks:
        return f"the generator's engine skipped {counted.skipped_ticks} ticks of sound"
    return ""


def _packets(evidence: Evidence) -> str:
    counted = evidence.counted
    wanted = FEWEST_PACKETS * _PACKETS_PER_S * counted.seconds
    few = [f"{leg.name} {leg.audio_packets}" for leg in counted.legs if leg.audio_packets < wanted]
    if few:
        return f"{len(few)} legs got fewer than {wanted:.0f} packets of sound: {_some(few)}"
    gone = evidence.plan.legs - len(evidence.not_joined) - len(counted.legs)
    return f"{gone} legs ended while it was measured" if gone else ""


def _sound(evidence: Evidence) -> str:
    counted = evidence.counted
    broken = [f"{ear.name} {ear.gaps} gaps" for ear in counted.ears if ear.gaps]
    if broken:
        return f"sound had gaps at {len(broken)} of {len(counted.ears)} ears: {_some(broken)}"
    quiet = [f"{ear.name} {ear.level_dbov} dBov" for ear in counted.ears if ear.level_dbov < QUIETEST_DBOV]
    if quiet:
        return f"nobody was heard at {len(quiet)} of {len(counted.ears)} ears: {_some(quiet)}"
    concealed = sum(leg.audio_concealed for leg in counted.legs)
    if concealed > MOST_CONCEALED * len(counted.legs) * _PACKETS_PER_S * counted.seconds:
        return f"{concealed} ticks of sound came too late or never"
    return ""


def _rate(evidence: Evidence) -> str:
    if not evidence.plan.video:
        return ""
    slow = [f"{leg.name} {leg.fps}" for leg in evidence.counted.legs if leg.fps < FEWEST_FPS]
    return f"{len(slow)} legs got fewer than {FEWEST_FPS} pictures a second: {_some(slow)}" if slow else ""


def _damage(evidence: Evidence) -> str:
    damaged = [f"{leg.name} {leg.damaged}" for leg in evidence.counted.legs if leg.damaged]
    return f"{len(damaged)} legs got pictures with packets missing: {_some(damaged)}" if damaged else ""


def _sight(evidence: Evidence) -> str:
    if not evidence.plan.video:
        return ""
    wrong = [f"{leg.name}: {leg.fault}" for leg in evidence.seen.legs if leg.fault]
    if wrong:
        return f"{len(wrong)} legs saw what they should not: {_some(wrong)}"
    small = [f"{leg.name} {leg.height_px}p" for leg in evidence.seen.legs if leg.height_px != HEIGHT_PX]
    if small:
        return f"{len(small)} legs got pictures of another size than {HEIGHT_PX}p: {_some(small)}"
    poor = [f"{leg.name} {leg.psnr_db}" for leg in evidence.seen.legs if leg.psnr_db < WORST_PSNR_DB]
    return f"{len(poor)} legs saw panes below {WORST_PSNR_DB} dB: {_some(poor)}" if poor else ""


def _some(all_: list[str] | tuple[str, ...]) -> str:
    more = len(all_) - _NAMED
    return ", ".join(all_[:_NAMED]) + (f" and {more} more" if more > 0 else "")
