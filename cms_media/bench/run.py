"""One run: generator ready, bridge up, everybody in, warm, measured, looked at, reported.

prepare ─► bridge ─► join ─► warm-up ─► begin ─► (seconds) ─► end ─► look ─► verdict ─► report
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from cms_media.base.errors import ResourceError
from cms_media.bench.bridge_process import MeasuredBridge, measured_bridge, media_ports
from cms_media.bench.messages import (
    Begin,
    Begun,
    Counted,
    End,
    Failed,
    Join,
    Joined,
    Look,
    Message,
    Prepare,
    Prepared,
    Progress,
    Seen,
    decode,
    encode,
)
from cms_media.bench.plan import Plan
from cms_media.bench.processes import Usage, usage
from cms_media.bench.report import BenchReport, BridgeCost, make_report
from cms_media.bench.verdict import Evidence, void_reasons

WARM_UP_S = 4.0
_CORES_WITH_CONTROL = 4
"""From so many cores on, one is left to control."""

Tell = Callable[[str], None]
Answer = TypeVar("Answer", bound=Message)


class GeneratorProcess:
    """The generator as a child: one command, then its answer."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cms_media.bench.generator"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, command: Message, expected: type[Answer]) -> Answer:
        """Raises ResourceError when it can not, or is gone."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(encode(command))
            self._process.stdin.flush()
        except BrokenPipeError:
            raise ResourceError("the generator has ended") from None
        while line := self._process.stdout.readline():
            message = decode(line)
            if isinstance(message, Progress):
                self._tell(message.text)
            elif isinstance(message, Failed):
                raise ResourceError(f"generator: {message.reason}")
            elif isinstance(message, expected):
                return message
        raise ResourceError("the generator has ended")

    def close(self) -> None:
        """Ends it."""
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def _generator(tell: Tell) -> Iterator[GeneratorProcess]:
    process = GeneratorProcess(tell)
    try:
        yield process
    finally:
        process.close()


@dataclass(frozen=True, slots=True)
class _Reading:
    """The bridge at a moment: the kernel's account and what workers say."""

    usage: Usage
    workers: Sequence[Mapping[str, Any]]

    def sum(self, key: str) -> float:
        return sum(float(worker.get(key, 0)) for worker in self.workers)


def run(plan: Plan, films: Path, tell: Tell) -> BenchReport:
    """Raises ResourceError when it can not be run; what is wrong with its output is in `void`."""
    cpus = os.cpu_count() or 1
    bridge_ports, generator_ports = media_ports(plan.legs, cpus)
    with tempfile.TemporaryDirectory() as name, _generator(tell) as generator:
        prepared = generator.ask(Prepare(plan, str(films), *generator_ports), Prepared)
        tell("starting the bridge")
        with measured_bridge(Path(name), plan, bridge_ports) as bridge:
            memory_before_mb = usage(bridge.pid).memory_mb
            tell(f"{plan.legs} legs dial")
            joined = generator.ask(Join(bridge.uri), Joined)
            tell("warming up")
            time.sleep(WARM_UP_S)
            before, counted, after = _measure(bridge, generator, plan.seconds, tell)
            roster = _roster(bridge)
            tell("everybody looks")
            seen = generator.ask(Look(roster), Seen)
    lost = len(before.usage.cpu_s_by_pid.keys() - after.usage.cpu_s_by_pid.keys())
    void = void_reasons(Evidence(plan, joined.failed, counted, seen, lost))
    raws = [raw for raw in (prepared.raw, seen.raw) if raw is not None]
    cost = _cost(bridge.pid, before, after, memory_before_mb)
    return make_report(plan, cost, counted, seen, raws, void, media_cores(cpus))


def media_cores(cpus: int) -> int:
    """Cores that media may have on a machine of so many."""
    return cpus - 1 if cpus >= _CORES_WITH_CONTROL else cpus


def _measure(
    bridge: MeasuredBridge, generator: GeneratorProcess, seconds: float, tell: Tell
) -> tuple[_Reading, Counted, _Reading]:
    before = _Reading(usage(bridge.pid), _workers(bridge))
    generator.ask(Begin(), Begun)
    until_s = time.monotonic() + seconds
    while (left_s := until_s - time.monotonic()) > 0:
        tell(f"measuring, {left_s:.0f} s left")
        time.sleep(min(1.0, left_s))
    spent = usage(bridge.pid)
    counted = generator.ask(End(), Counted)
    return before, counted, _Reading(spent, _workers(bridge))


def _workers(bridge: MeasuredBridge) -> Sequence[Mapping[str, Any]]:
    workers: Sequence[Mapping[str, Any]] = bridge.status()["workers"]
    return workers


def _roster(bridge: MeasuredBridge) -> tuple[str, ...]:
    calls = bridge.status()["calls"]
    return tuple(str(leg["name"]) for call in calls for leg in call["legs"])


def _cost(control: int, before: _Reading, after: _Reading, memory_before_mb: float) -> BridgeCost:
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


def _in_window(before: _Reading, after: _Reading, key: str, seconds: float) -> int:
    """Workers report once a second on their own clock: their own time between two reports says how much that was."""
    apart_s = (after.sum("uptime_s") - before.sum("uptime_s")) / max(1, len(after.workers))
    return round((after.sum(key) - before.sum(key)) * seconds / apart_s) if apart_s > 0 else 0
