"""What a run of `bench setup` came to: the keys that all benches share, and its own. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from cms_media.bench.messages import SetUps
from cms_media.bench.plan import Plan
from cms_media.bench.report import BridgeCost

SLOWEST_MS = 500.0
"""T1 of RFC 3261: an answer after it comes with a retransmission of the INVITE."""


@dataclass(frozen=True, slots=True)
class SetUpReport:
    """One run. More keys may come; these stay."""

    scenario: str
    legs: int
    """Lines: so many calls at a time."""
    resolution: str
    seconds: float
    cpu_s: float
    cpu_ms_per_leg_s: float
    """A line's, over all the calls that it made."""
    legs_per_core: float
    """Lines that would keep a core busy."""
    out_fps_min: float
    psnr_db_min: float
    encodes: int
    decodes: int
    workers: int
    void: list[str]
    """Why the figures do not count; empty: they do."""
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
    memory_mb: float
    memory_kb_per_setup: float
    """What the bridge grew by for each call: what stays would be a leak."""
    cpu_s_by_process: Mapping[str, float]
    generator_cpu_s: float
    """Near `seconds`: the callers were the limit, not the bridge."""

    def to_json(self) -> dict[str, object]:
        """Plain values for json.dumps."""
        return asdict(self)


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


def make_setup_report(plan: Plan, cost: BridgeCost, made: SetUps, void: list[str]) -> SetUpReport:
    """All figures of a run."""
    per_line_ms = 1000 * cost.cpu_s / cost.seconds / plan.legs
    per_setup_ms = 1000 * cost.cpu_s / max(1, made.made)
    return SetUpReport(
        scenario=plan.scenario.value,
        legs=plan.legs,
        resolution="",
        seconds=round(cost.seconds, 2),
        cpu_s=round(cost.cpu_s, 2),
        cpu_ms_per_leg_s=round(per_line_ms, 3),
        legs_per_core=round(1000 / per_line_ms, 2) if per_line_ms else 0.0,
        out_fps_min=0.0,
        psnr_db_min=0.0,
        encodes=cost.encodes,
        decodes=cost.decodes,
        workers=cost.workers,
        void=void,
        setups=made.made,
        setups_per_s=round(made.made / made.seconds, 1),
        setups_per_core_s=round(1000 / per_setup_ms, 1) if per_setup_ms else 0.0,
        cpu_ms_per_setup=round(per_setup_ms, 3),
        setup_ms_median=made.median_ms,
        setup_ms_p95=made.p95_ms,
        setup_ms_worst=made.worst_ms,
        failed=list(made.failed),
        memory_mb=round(cost.memory_mb, 1),
        memory_kb_per_setup=round(1024 * (cost.memory_mb - cost.memory_before_mb) / max(1, made.made), 2),
        cpu_s_by_process={name: round(spent, 2) for name, spent in cost.cpu_s_by_process.items()},
        generator_cpu_s=made.cpu_s,
    )
