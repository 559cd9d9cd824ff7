"""What a run of `bench setup` came to: the keys that all benches share, and its own. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from cms_media.bench.headline import BridgeCost, Headline, Pictures, headline, per_core
from cms_media.bench.messages import SetUps
from cms_media.bench.plan import Plan

SLOWEST_MS = 500.0
"""T1 of RFC 3261: an answer after it comes with a retransmission of the INVITE."""


@dataclass(frozen=True, slots=True)
class SetUpReport:
    """One run; its legs are lines, so many calls at a time. More keys may come; these stay."""

    headline: Headline
    setups: int
    """Calls that were answered, heard the bridge, hung up and were gone, in the measured time."""
    setups_per_s: float
    setups_per_core_s: float
    """Of the bridge's CPU time alone: what a core would do in a second with callers that keep up."""
    cpu_ms_per_setup: float
    """The whole call: INVITE to BYE, its ports, the sound in between."""
    setup_ms_median: float
    """INVITE sent to 200 received."""
    setup_ms_p95: float
    setup_ms_worst: float
    failed: list[str]
    memory_kb_per_setup: float
    """What the bridge grew by for each call: what stays would be a leak."""

    def to_json(self) -> dict[str, object]:
        """Plain values for json.dumps: the shared keys first."""
        values = asdict(self)
        return {**values.pop("headline"), **values}


def setup_void_reasons(made: SetUps, workers_lost: int, legs_left: int) -> list[str]:
    """Empty: the run counts."""
    found = (
        (not made.made, "no call was set up"),
        (made.failures > 0, f"{made.failures} calls failed: {', '.join(made.failed[:3])}"),
        (made.worst_ms >= SLOWEST_MS, f"an answer took {made.worst_ms} ms: INVITEs were sent again"),
        (workers_lost > 0, f"{workers_lost} media workers were lost"),
        (legs_left > 0, f"{legs_left} legs stayed after everybody had hung up"),
    )
    return [reason for wrong, reason in found if wrong]


def make_setup_report(plan: Plan, cost: BridgeCost, made: SetUps, void: Sequence[str]) -> SetUpReport:
    """All figures of a run."""
    per_setup_ms = 1000 * cost.cpu_s / max(1, made.made)
    return SetUpReport(
        headline=headline(plan, cost, made.cpu_s, void, Pictures()),
        setups=made.made,
        setups_per_s=round(made.made / made.seconds, 1),
        setups_per_core_s=round(per_core(per_setup_ms), 1),
        cpu_ms_per_setup=round(per_setup_ms, 3),
        setup_ms_median=made.median_ms,
        setup_ms_p95=made.p95_ms,
        setup_ms_worst=made.worst_ms,
        failed=list(made.failed),
        memory_kb_per_setup=round(1024 * (cost.memory_mb - cost.memory_before_mb) / max(1, made.made), 2),
    )
