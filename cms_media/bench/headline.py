"""What a run cost the bridge, and the keys that every bench gives of it, whatever else it measures. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cms_media.bench.plan import Plan


@dataclass(frozen=True, slots=True)
class BridgeCost:
    """What the bridge took for the measured time, by the kernel's account."""

    seconds: float
    cpu_s: float
    cpu_s_by_process: Mapping[str, float]
    memory_mb: float
    memory_before_mb: float
    """Before anybody came."""
    workers: int
    encodes: int
    decodes: int
    """Pictures in the measured time."""
    frames_late: int
    """Frame times that views passed over because a worker was behind."""

    def ms_per_leg_s(self, legs: int) -> float:
        """CPU time that each of so many took in a second."""
        return 1000 * self.cpu_s / self.seconds / legs


def per_core(ms_each: float) -> float:
    """How many that take so much CPU time a second fill a core; 0: they take none."""
    return 1000 / ms_each if ms_each else 0.0


@dataclass(frozen=True, slots=True)
class Headline:
    """The figures that all benches share. These keys stay."""

    scenario: str
    legs: int
    resolution: str
    """What legs get; empty without pictures."""
    seconds: float
    cpu_s: float
    cpu_ms_per_leg_s: float
    legs_per_core: float
    out_fps_min: float
    psnr_db_min: float
    encodes: int
    decodes: int
    workers: int
    void: Sequence[str]
    """Why the figures do not count; empty: they do."""
    memory_mb: float
    cpu_s_by_process: Mapping[str, float]
    generator_cpu_s: float
    """Near `seconds`: the endpoints were the limit, not the bridge."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """What legs got to see, at its worst; of a run without pictures: nothing."""

    resolution: str = ""
    out_fps_min: float = 0.0
    psnr_db_min: float = 0.0


def headline(
    plan: Plan, cost: BridgeCost, generator_cpu_s: float, void: Sequence[str], pictures: Pictures
) -> Headline:
    """Rounded for people."""
    per_leg_ms = cost.ms_per_leg_s(plan.legs)
    return Headline(
        scenario=plan.scenario.value,
        legs=plan.legs,
        resolution=pictures.resolution,
        seconds=round(cost.seconds, 2),
        cpu_s=round(cost.cpu_s, 2),
        cpu_ms_per_leg_s=round(per_leg_ms, 3),
        legs_per_core=round(per_core(per_leg_ms), 2),
        out_fps_min=pictures.out_fps_min,
        psnr_db_min=pictures.psnr_db_min,
        encodes=cost.encodes,
        decodes=cost.decodes,
        workers=cost.workers,
        void=void,
        memory_mb=round(cost.memory_mb, 1),
        cpu_s_by_process={name: round(spent, 2) for name, spent in cost.cpu_s_by_process.items()},
        generator_cpu_s=generator_cpu_s,
    )
