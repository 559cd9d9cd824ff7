"""What processes cost, from the kernel's account: CPU seconds and resident memory of a process and its children."""

import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds since the start and resident megabytes, summed over a process tree, at a moment."""

    at_s: float
    cpu_s: float
    memory_mb: float
    cpu_s_by_pid: Mapping[int, float]


def end_on_sigterm() -> None:
    """On SIGTERM this process ends its children first: a bridge left behind would spoil all later runs."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def split_cores(wanted: int) -> tuple[set[int], set[int]]:
    """Cores for the bridge, so many, the others for the generator; both have all for 0, or if none were left."""
    cores = sorted(os.sched_getaffinity(0))
    if not 0 < wanted < len(cores):
        return set(cores), set(cores)
    return set(cores[:wanted]), set(cores[wanted:])


def family(pid: int) -> list[int]:
    """The process and all its descendants now."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int(_fields(int(entry.name))[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for member in found:
        found += children.get(member, [])
    return found


def usage(pid: int) -> Usage:
    """Of the process and its descendants."""
    members = family(pid)
    by_pid = {member: _cpu_s(member) for member in members}
    at_s = time.monotonic()
    memory = sum(map(proportional_memory_mb, members))
    return Usage(at_s, sum(by_pid.values()), memory, by_pid)


def proportional_memory_mb(pid: int) -> float:
    """Proportional set size: shared pages are counted once over all who share them."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _cpu_s(pid: int) -> float:
    fields = _fields(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def _fields(pid: int) -> list[str]:
    """/proc/PID/stat from the state on (proc(5) field 3): the command may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
