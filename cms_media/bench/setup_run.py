"""`bench setup`: lines that call again and again for the measured time, and what each set-up cost the bridge.

prepare ─► bridge ─► lines begin ─► warm-up ─► begin ─► (seconds) ─► end ─► leave ─► nobody left? ─► report
"""

import os
import tempfile
import time
from pathlib import Path

from cms_media.bench.generator_process import Tell, generator
from cms_media.bench.measured_bridge import MeasuredBridge, measured_bridge
from cms_media.bench.messages import Begin, Begun, End, Join, Joined, Leave, Left, Prepare, Prepared, SetUps
from cms_media.bench.plan import Plan
from cms_media.bench.port_ranges import media_ports
from cms_media.bench.processes import usage
from cms_media.bench.reading import Reading, cost_between, pass_time, read, workers_lost
from cms_media.bench.setup_report import SetUpReport, make_setup_report, setup_void_reasons

WARM_UP_S = 2.0
_GONE_S = 5.0
"""After the last BYE the bridge has that long to have nobody in a call."""


def run_setup(plan: Plan, tell: Tell) -> SetUpReport:
    """Raises ResourceError when it can not be run; what is wrong with it is in `void`."""
    bridge_ports, generator_ports = media_ports(plan.legs, os.cpu_count() or 1)
    with tempfile.TemporaryDirectory() as name, generator(tell) as callers:
        callers.ask(Prepare(plan, "", *generator_ports), Prepared)
        tell("starting the bridge")
        with measured_bridge(Path(name), plan, bridge_ports) as bridge:
            callers.ask(Join(bridge.uri), Joined)
            tell("warming up")
            time.sleep(WARM_UP_S)
            before = read(bridge)
            callers.ask(Begin(), Begun)
            pass_time(plan.seconds, tell)
            spent = usage(bridge.pid)
            made = callers.ask(End(), SetUps)
            after = Reading(spent, bridge.status()["workers"])
            tell("everybody leaves")
            callers.ask(Leave(), Left)
            left = _legs_left(bridge)
    void = setup_void_reasons(made, workers_lost(before, after), left)
    return make_setup_report(
        plan, cost_between(bridge.pid, before, after, before.usage.memory_mb), made, void
    )


def _legs_left(bridge: MeasuredBridge) -> int:
    deadline = time.monotonic() + _GONE_S
    while (
        left := sum(len(call["legs"]) for call in bridge.status()["calls"])
    ) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left
