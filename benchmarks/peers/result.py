"""What a peer came to, in the keys of `cms-media bench --json` as far as they have a meaning there."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class PeerResult:
    """One run of a peer."""

    peer: str
    """Its name and version."""
    scenario: str
    legs: int
    seconds: float
    cpu_s: float
    cpu_ms_per_leg_s: float
    legs_per_core: float
    void: tuple[str, ...]
    """Why the figures do not count; empty: they do."""
    psnr_db_min: float = 0.0
    memory_mb_per_leg: float = 0.0

    def to_json(self) -> dict[str, object]:
        """Plain values for json.dumps."""
        return asdict(self)


def peer_result(
    peer: str,
    scenario: str,
    legs: int,
    seconds: float,
    cpu_s: float,
    void: Sequence[str],
    psnr_db_min: float = 0.0,
    memory_mb_per_leg: float = 0.0,
) -> PeerResult:
    """`seconds` of media for each of `legs` took so much CPU time."""
    per_leg_ms = 1000 * cpu_s / seconds / legs
    return PeerResult(
        peer=peer,
        scenario=scenario,
        legs=legs,
        seconds=round(seconds, 2),
        cpu_s=round(cpu_s, 2),
        cpu_ms_per_leg_s=round(per_leg_ms, 3),
        legs_per_core=round(1000 / per_leg_ms, 2) if per_leg_ms else 0.0,
        void=tuple(void),
        psnr_db_min=round(psnr_db_min, 2),
        memory_mb_per_leg=round(memory_mb_per_leg, 2),
    )
