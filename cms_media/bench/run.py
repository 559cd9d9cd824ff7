"""One run: generator ready, bridge up, everybody in, warm, measured, looked at, reported.

prepare ─► bridge ─► join ─► warm-up ─► begin ─► (seconds) ─► end ─► look ─► verdict ─► report
"""

import os
import tempfile
from pathlib import Path

from cms_media.bench.generator_process import GeneratorProcess, Tell, generator
from cms_media.bench.measured_bridge import MeasuredBridge, measured_bridge
from cms_media.bench.messages import Begin, Begun, Counted, End, Join, Joined, Look, Prepare, Prepared, Seen
from cms_media.bench.plan import Plan
from cms_media.bench.port_ranges import media_ports
from cms_media.bench.processes import usage
from cms_media.bench.reading import Reading, cost_between, ladder_steps, pass_time, read, settle, workers_lost
from cms_media.bench.report import BenchReport, make_report
from cms_media.bench.verdict import Evidence, void_reasons
from cms_media.media.worker.appetite import LESS_AFTER_S

WARM_UP_S = 4.0
_CORES_WITH_CONTROL = 4
"""From so many cores on, one is left to control."""


def run(plan: Plan, films: Path, tell: Tell) -> BenchReport:
    """Raises ResourceError when it can not be run; what is wrong with its output is in `void`."""
    cpus = os.cpu_count() or 1
    bridge_ports, generator_ports = media_ports(plan.legs, cpus)
    with tempfile.TemporaryDirectory() as name, generator(tell) as crowd:
        prepared = crowd.ask(Prepare(plan, str(films), *generator_ports), Prepared)
        tell("starting the bridge")
        with measured_bridge(Path(name), plan, bridge_ports) as bridge:
            memory_before_mb = usage(bridge.pid).memory_mb
            tell(f"{plan.legs} legs dial")
            joined = crowd.ask(Join(bridge.uri), Joined)
            settle(bridge, WARM_UP_S + (LESS_AFTER_S if plan.asked else 0.0), tell)
            before, counted, after = _measure(bridge, crowd, plan.seconds, tell)
            roster = _roster(bridge)
            tell("everybody looks")
            seen = crowd.ask(Look(roster), Seen)
    given_up = ladder_steps(before, after)
    evidence = Evidence(plan, joined.failed, counted, seen, workers_lost(before, after), given_up)
    raws = [raw for raw in (prepared.raw, seen.raw) if raw is not None]
    cost = cost_between(bridge.pid, before, after, memory_before_mb)
    return make_report(plan, cost, counted, seen, raws, void_reasons(evidence), media_cores(cpus))


def media_cores(cpus: int) -> int:
    """Cores that media may have on a machine of so many."""
    return cpus - 1 if cpus >= _CORES_WITH_CONTROL else cpus


def _measure(
    bridge: MeasuredBridge, crowd: GeneratorProcess, seconds: float, tell: Tell
) -> tuple[Reading, Counted, Reading]:
    before = read(bridge)
    crowd.ask(Begin(), Begun)
    pass_time(seconds, tell)
    spent = usage(bridge.pid)
    counted = crowd.ask(End(), Counted)
    return before, counted, Reading(spent, bridge.status()["workers"])


def _roster(bridge: MeasuredBridge) -> tuple[str, ...]:
    calls = bridge.status()["calls"]
    return tuple(str(leg["name"]) for call in calls for leg in call["legs"])
