"""What the bridge has spent and made at a moment, and the difference of two such readings."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cms_media.bench.bridge_process import BridgeProcess
from cms_media.bench.generator_process import Tell
from cms_media.bench.headline import BridgeCost
from cms_media.bench.processes import Usage, usage

_FULL = "full"
_RECOVERY_S = 25.0
"""The ladder tries a step up after 10 s of calm, and once more after twice as long."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The bridge at a moment: the kernel's account and what workers say."""

    usage: Usage
    workers: Sequence[Mapping[str, Any]]

    def sum(self, key: str) -> float:
        """Over all workers."""
        return sum(float(worker.get(key, 0)) for worker in self.workers)


def read(bridge: BridgeProcess) -> Reading:
    """Now, for the beginning of a measurement: what asking costs the bridge is over when the account is taken."""
    workers = bridge.status()["workers"]
    return Reading(usage(bridge.pid), workers)


def ladder_steps(*readings: Reading) -> tuple[str, ...]:
    """What workers had given up at these moments, by the names of the ladder's steps; empty: nothing."""
    steps = {str(worker.get("ladder", _FULL)) for reading in readings for worker in reading.workers}
    return tuple(sorted(steps - {_FULL}))


def settle(bridge: BridgeProcess, warm_up_s: float, tell: Tell) -> None:
    """Lets the crowd that came at once be forgotten: a while, and until no worker holds anything back any more."""
    tell("warming up")
    time.sleep(warm_up_s)
    deadline = time.monotonic() + _RECOVERY_S
    while ladder_steps(read(bridge)) and time.monotonic() < deadline:
        tell("warming up: a worker still gives less than it could")
        time.sleep(1.0)


def pass_time(seconds: float, tell: Tell) -> None:
    """The measured time, with a word on it every second."""
    until_s = time.monotonic() + seconds
    while (left_s := until_s - time.monotonic()) > 0:
        tell(f"measuring, {left_s:.0f} s left")
        time.sleep(min(1.0, left_s))


def workers_lost(before: Reading, after: Reading) -> int:
    """Processes that are gone."""
    return len(before.usage.cpu_s_by_pid.keys() - after.usage.cpu_s_by_pid.keys())


def cost_between(control: int, before: Reading, after: Reading, memory_before_mb: float) -> BridgeCost:
    """`control` is the process that is no worker; the memory is that before anybody came."""
    seconds = after.usage.at_s - before.usage.at_s
    names = {control: "control"} | {worker["pid"]: f"worker-{worker['place']}" for worker in after.workers}
    spent = {
        names.get(pid, f"process-{pid}"): cpu_s - before.usage.cpu_s_by_pid.get(pid, 0.0)
        for pid, cpu_s in after.usage.cpu_s_by_pid.items()
    }
    return BridgeCost(
        seconds=seconds,
        cpu_s=sum(spent.values()),
        cpu_s_by_process=spent,
        memory_mb=after.usage.memory_mb,
        memory_before_mb=memory_before_mb,
        workers=len(after.workers),
        encodes=_in_window(before, after, "encodes", seconds),
        decodes=_in_window(before, after, "decodes", seconds),
        frames_late=_in_window(before, after, "frames_late", seconds),
    )


def _in_window(before: Reading, after: Reading, key: str, seconds: float) -> int:
    """Workers report once a second on their own clock: their own time between two reports says how much that was."""
    apart_s = (after.sum("uptime_s") - before.sum("uptime_s")) / max(1, len(after.workers))
    return round((after.sum(key) - before.sum(key)) * seconds / apart_s) if apart_s > 0 else 0
