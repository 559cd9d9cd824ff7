"""130 % of what a worker carries, on a real bridge over loopback: what gives way, what must not, and that it recovers.

full load ─► capacity ─► 130 % ─► ladder goes down ─► newcomer ─► half of them leave ─► ladder goes up ─► newcomer

One worker on a core of its own, calls of two who both see both: such pictures can not be shared any further, so that
the ladder has to be climbed down beyond its first step. Takes 100 s at most, and once some minutes more to make the
films that are sent.
"""

import json
import math
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cms_media.bench.film import default_folder
from cms_media.bench.generator_process import GeneratorProcess, generator
from cms_media.bench.measured_bridge import MeasuredBridge, measured_bridge
from cms_media.bench.messages import Begin, Begun, Counted, End, Join, Joined, Leave, Left, Prepare, Prepared
from cms_media.bench.overload_verdict import Evidence, Phase, faults, ladder_steps, make_phase
from cms_media.bench.plan import EVERYBODY, Plan, Scenario
from cms_media.bench.port_ranges import media_ports
from cms_media.codecs.table import Codec
from cms_media.layout.types import LayoutName, SelfPane
from cms_media.media.ladder_step import Step

OVERLOAD = 1.3
"""Of what is carried in full."""
LEFT = 0.5
"""Of what is carried in full, after the others have left."""
FULL = 0.85
"""Of what is carried in full, where that is measured: the nearer, the better the estimate."""
_FIRST_CALLS, _MOST_CALLS, _PER_CALL = 3, 16, 2
_WARM_UP_S, _MEASURED_S, _HELD_S = 2.0, 4.0, 4.0
_DOWN_S, _STEADY_S = 20.0, 5.0
"""The ladder has so long to go down, or until it has not moved for a while."""
_ALL_S = 92.0
"""From the start of the bridge until it is given up to recover."""
_LOOK_S = 0.5

PLAN = Plan(
    scenario=Scenario.SHARED,
    legs=_MOST_CALLS * _PER_CALL + 2,
    source="720p",
    seconds=_ALL_S,
    audio=Codec.OPUS,
    layout=LayoutName.ALL_EQUAL,
    self_pane=SelfPane.SELF,
    talkers=EVERYBODY,
    turn_s=0.0,
    legs_per_call=_PER_CALL,
    cores=1,
)


class Run:
    """One run on a bridge that is up."""

    def __init__(self, bridge: MeasuredBridge, crowd: GeneratorProcess) -> None:
        self._bridge = bridge
        self._crowd = crowd
        self._began_s = time.monotonic()
        self._calls = 0
        self._dialled = 0
        self.capacity = 0.0
        """In calls."""
        self.phases: list[Phase] = []

    def all(self) -> Evidence:
        """From the first call to the last newcomer."""
        self._find_capacity()
        self._begin()
        time.sleep(_MEASURED_S)
        self._end("full", 0)
        self._begin()
        before = self._changes()
        self._join(min(_MOST_CALLS, round(OVERLOAD * self.capacity)))
        self._wait_until_steady()
        self._end("getting overloaded", before)
        self._begin()
        before = self._changes()
        refused = self._newcomer()
        time.sleep(_HELD_S)
        self._end("overloaded", before)
        down = self._changes()
        self._begin()
        self._leave(max(1, math.floor(LEFT * self.capacity)))
        self._wait_until_full()
        self._end("getting better", down)
        self._begin()
        before = self._changes()
        again = self._newcomer()
        time.sleep(_HELD_S)
        self._end("recovered", before)
        return Evidence(self.phases, ladder_steps(self._bridge.log()), down, refused, not again)

    def _find_capacity(self) -> None:
        """In two steps: the second from nearby."""
        self._join(_FIRST_CALLS)
        self._measure_capacity()
        self._join(min(_MOST_CALLS, max(self._calls, math.floor(FULL * self.capacity))))
        self._measure_capacity()

    def _measure_capacity(self) -> None:
        time.sleep(_WARM_UP_S)
        busy = []
        until_s = time.monotonic() + _MEASURED_S
        while time.monotonic() < until_s:
            busy.append(self._worker("busy_percent"))
            time.sleep(_LOOK_S)
        self.capacity = 100 * self._calls / max(1.0, sum(busy) / len(busy))

    # --- who comes and goes ---------------------------------------------------------------------------------

    def _join(self, calls: int) -> None:
        self._dialled = max(self._dialled, calls * _PER_CALL)
        failed = self._crowd.ask(Join(self._bridge.uri, self._dialled), Joined).failed
        if failed:
            say(f"not everybody got in: {failed}")
        self._calls = calls

    def _newcomer(self) -> Sequence[str]:
        """Why he did not get in."""
        self._dialled += 1
        return self._crowd.ask(Join(self._bridge.uri, self._dialled), Joined).failed

    def _leave(self, calls: int) -> None:
        self._calls = min(calls, self._calls)
        self._crowd.ask(Leave(self._calls * _PER_CALL), Left)

    # --- what is seen ---------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._crowd.ask(Begin(), Begun)

    def _end(self, name: str, changes_before: int) -> None:
        counted = self._crowd.ask(End(), Counted)
        changes = ladder_steps(self._bridge.log())
        start = changes[changes_before - 1][1] if changes_before else Step.FULL
        steps = [start, *(after for _, after in changes[changes_before:])]
        busy = self._worker("busy_percent")
        self.phases.append(
            make_phase(name, counted, self._calls, self.capacity, steps, busy, self._height_px())
        )
        say(f"{time.monotonic() - self._began_s:.0f} s: {self.phases[-1]}")

    def _worker(self, key: str) -> float:
        return float(self._bridge.status()["workers"][0].get(key, 0))

    def _height_px(self) -> int:
        legs = [leg for call in self._bridge.status()["calls"] for leg in call["legs"]]
        return min((int(leg.get("video_out_height", 0)) for leg in legs), default=0)

    def _changes(self) -> int:
        return len(ladder_steps(self._bridge.log()))

    def _wait_until_steady(self) -> None:
        """The ladder refuses newcomers and has not moved for a while; or enough time has passed."""
        until_s = time.monotonic() + _DOWN_S
        moved_s, changes = time.monotonic(), self._changes()
        while time.monotonic() < until_s:
            time.sleep(_LOOK_S)
            if self._changes() != changes:
                moved_s, changes = time.monotonic(), self._changes()
            refuses = Step(int(self._worker("ladder_step"))).refuses
            if refuses and time.monotonic() - moved_s > _STEADY_S:
                return

    def _wait_until_full(self) -> None:
        while self._worker("ladder_step") and time.monotonic() - self._began_s < _ALL_S - _HELD_S:
            time.sleep(_LOOK_S)
        time.sleep(1.0)  # until control has heard of it


def say(text: str) -> None:
    """To whoever watches; the figures go to standard output."""
    print(text, file=sys.stderr)


def table(phases: Sequence[Phase]) -> Table:
    """A line per phase."""
    headings = ("", "s", "calls", "load %", "ladder", "busy %", "fps", "lines", "gaps", "sound late %")
    shown = Table(*headings, title="Overload, one worker", title_justify="left")
    for each in phases:
        figures = (each.seconds, each.calls, each.load_percent, " → ".join(each.steps), each.busy_percent)
        seen = (each.fps, each.height_px, each.audio_gaps, each.audio_concealed_percent)
        shown.add_row(each.name, *map(str, (*figures, *seen)))
    return shown


def measure() -> dict[str, object]:
    """Runs it all; the figures as JSON values."""
    bridge_ports, generator_ports = media_ports(PLAN.legs, 1)
    with tempfile.TemporaryDirectory() as name, generator(say) as crowd:
        crowd.ask(Prepare(PLAN, str(default_folder()), *generator_ports), Prepared)
        began_s = time.monotonic()
        with measured_bridge(Path(name), PLAN, bridge_ports, workers=1) as bridge:
            run = Run(bridge, crowd)
            evidence = run.all()
            crowd.ask(Leave(), Left)
    Console(stderr=True, width=150).print(table(run.phases))
    return {
        "capacity_calls": round(run.capacity, 2),
        "seconds": round(time.monotonic() - began_s, 1),
        "phases": [asdict(phase) for phase in evidence.phases],
        "ladder": [after.name.lower() for _, after in evidence.changes],
        "newcomer_under_overload": list(evidence.refused),
        "newcomer_after": "let in" if evidence.let_in_again else "refused",
        "faults": faults(evidence),
    }


def main() -> int:
    """Prints one JSON object; exit code 1 when something is not as it should be."""
    report = measure()
    print(json.dumps(report))
    return 1 if report["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
