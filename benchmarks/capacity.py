"""Legs per core against the targets, with peers beside: runs every row, writes docs/bench.md and docs/bench.svg.

row ─► cms-media bench … --json ─► the peer, where there is one ─► outcome ─► page, plot

Rows run one after the other, each bounded in time, and all of them together: what there is no time for is said to be
not run. `--rows` runs some again, says between what they ranged, and leaves the others as they were.
"""

import argparse
import importlib
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.native_core import build
from benchmarks.outcome import Outcome, load, save
from benchmarks.page import page
from benchmarks.plot import plot
from benchmarks.rows import ROWS, SECONDS, Row
from cms_media.bench.processes import end_on_sigterm

_FOLDER = Path(sys.executable).parent
_ROOT = Path(__file__).parent.parent
OUTCOMES = _ROOT / ".build" / "bench.json"
PAGE, PLOT = _ROOT / "docs" / "bench.md", _ROOT / "docs" / "bench.svg"

ROW_S, PEER_S = 150.0, 150.0
"""The longest that one may take: films are made once, 4 s for each participant."""
FLOOR_S = 4
"""Before and after a run."""
ALL_S = 17 * 60.0
"""The rows; all other benchmarks of `make bench` take 7 minutes more."""


def main() -> None:
    """Prints a line per row on standard error while it goes, and one JSON object at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rows", nargs="*", choices=[row.name for row in ROWS], metavar="NAME", help="only these"
    )
    wanted = parser.parse_args().rows
    rows = [row for row in ROWS if not wanted or row.name in wanted]
    end_on_sigterm()
    outcomes = load(OUTCOMES) if wanted else {}
    _run(rows, outcomes)
    ordered = {row.name: outcomes.get(row.name, Outcome(row.name)) for row in ROWS}
    PLOT.write_text(plot(ordered))
    PAGE.write_text(page(ordered))
    void = {name: outcome.void for name, outcome in ordered.items() if outcome.void}
    print(json.dumps({"scenario": "capacity", "rows": len(ROWS), "page": str(PAGE), "void": void}))


def _run(rows: Sequence[Row], outcomes: dict[str, Outcome]) -> None:
    """Adds what came of each; kept after each, too, so that who stops it has what was measured until then."""
    until_s = time.monotonic() + ALL_S
    for number, row in enumerate(rows, 1):
        print(f"[{number} of {len(rows)}] {row.title}", file=sys.stderr)
        if time.monotonic() > until_s:
            outcomes[row.name] = Outcome(row.name, failure="not run: no time was left")
            continue
        outcome = outcomes[row.name] = _with_peer(row, _beside_floor(row)).after(outcomes.get(row.name))
        save(outcomes, OUTCOMES)
        print(f"    {_line(row, outcome)}", file=sys.stderr)


def _beside_floor(row: Row) -> Outcome:
    """Machines are noisy: what our figure is held against is measured on either side of it."""
    if not row.packets:
        return _ours(row)
    before_ms, outcome, after_ms = _packets_ms(row), _ours(row), _packets_ms(row)
    return replace(outcome, packets_ms_per_leg_s=(before_ms + after_ms) / 2)


def _packets_ms(row: Row) -> float:
    command = [str(build("socket_floor")), *row.packets.split(), str(FLOOR_S)]
    report, failure = _report(command, ROW_S)
    if report is None:
        raise RuntimeError(f"socket_floor: {failure}")
    return float(report["cpu_ms_per_leg_s"])


def _ours(row: Row) -> Outcome:
    command = [str(_FOLDER / word) if word == "cms-media" else word for word in row.command.split()]
    report, failure = _report([*command, "--seconds", str(SECONDS), "--json"], ROW_S)
    return Outcome(row.name, report=report, failure=failure)


def _with_peer(row: Row, outcome: Outcome) -> Outcome:
    if row.peer is None:
        return outcome
    name = f"benchmarks.peers.{row.peer.module}"
    if install := importlib.import_module(name).missing():
        return replace(outcome, peer_failure=f"not here: {install}")
    report, failure = _report([sys.executable, "-m", name, *row.peer.arguments.split()], PEER_S)
    return replace(outcome, peer=report, peer_failure=failure)


def _report(command: Sequence[str], seconds: float) -> tuple[Mapping[str, Any] | None, str]:
    """The JSON object that it prints, or why there is none."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=_ROOT)
    try:
        printed, said = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return None, f"took more than {seconds:.0f} s"
    finally:
        # not by SIGKILL: it has a bridge or a peer to end
        child.terminate()
        child.communicate()
    try:
        return json.loads(printed), ""
    except ValueError:
        return None, said.strip().splitlines()[-1] if said.strip() else "no report"


def _line(row: Row, outcome: Outcome) -> str:
    """For whoever waits."""
    if setups := outcome.number("setups_per_s"):
        return f"{setups:.0f} a second" + (f", void: {outcome.void}" if outcome.void else "")
    reached = f"{outcome.number('legs_per_core'):.1f} legs per core"
    parts = [f"{reached}, void: {outcome.void}" if outcome.void else reached]
    if row.target:
        parts.append(f"target {row.target:g}")
    if outcome.peer:
        parts.append(f"{outcome.peer['peer']} {outcome.peer['legs_per_core']}")
    elif outcome.peer_failure:
        parts.append(f"peer {outcome.peer_failure}")
    return ", ".join(parts)


if __name__ == "__main__":
    main()
