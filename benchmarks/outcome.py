"""What came of a row: our report, the peer's, or why there is none. Kept as JSON between runs of single rows."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one row."""

    row: str
    report: Mapping[str, Any] | None = None
    """As `cms-media bench --json` printed it."""
    failure: str = ""
    """Why there is no report."""
    peer: Mapping[str, Any] | None = None
    peer_failure: str = ""
    """Why there is none of the peer, or how to install it."""
    packets_ms_per_leg_s: float = 0.0
    """CPU time of the bare system calls for its packets, measured just before and after; 0: not measured."""
    earlier: tuple[float, ...] = ()
    """Legs per core of the runs before that counted: a shared machine does not give the same twice."""

    def after(self, before: "Outcome | None") -> "Outcome":
        """With what an earlier one had reached."""
        if before is None:
            return self
        return replace(self, earlier=before.reached)

    @property
    def reached(self) -> tuple[float, ...]:
        """Legs per core of all runs that counted, the last one last."""
        return self.earlier if self.void else (*self.earlier, self.number("legs_per_core"))

    @property
    def void(self) -> str:
        """Why our figures do not count; empty: they do."""
        if self.report is None:
            return self.failure or "not run"
        return "; ".join(self.report["void"])

    def number(self, key: str) -> float:
        """Of our report; 0 without."""
        return float(self.report.get(key, 0)) if self.report else 0.0

    @property
    def ratio_to_floor(self) -> float:
        """Our CPU time to that of the bare codecs, or of the bare packets; 0: neither was measured."""
        if self.packets_ms_per_leg_s:
            return self.number("cpu_ms_per_leg_s") / self.packets_ms_per_leg_s
        return self.number("ratio_to_raw_codec")

    @property
    def peer_legs_per_core(self) -> float:
        """0: unknown or void."""
        return float(self.peer["legs_per_core"]) if self.peer and not self.peer["void"] else 0.0


def save(outcomes: Mapping[str, Outcome], path: Path) -> None:
    """By rows' names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({name: asdict(outcome) for name, outcome in outcomes.items()}, indent=1))


def load(path: Path) -> dict[str, Outcome]:
    """What was saved; nothing when there is none."""
    if not path.exists():
        return {}
    kept = json.loads(path.read_text())
    return {
        name: Outcome(**values | {"earlier": tuple(values.get("earlier", ()))})
        for name, values in kept.items()
    }
