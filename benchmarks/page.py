"""docs/bench.md: the targets, what was reached, and how to get the same again. Pure but for the machine's name."""

import os
import platform
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.outcome import Outcome
from benchmarks.rows import GROWTH, ROWS, SECONDS, SET_UP, TARGETS, Row

_HEAD = """\
# What a core carries

Written by `make bench` (this part alone: `.venv/bin/python -m benchmarks capacity`) on {machine}, {date}.

Each row is a real bridge with real SIP calls over loopback; the endpoints are one other process that sends films
encoded beforehand and is not counted. CPU time is the kernel's account of the bridge's processes over {seconds} s.
A run counts only when every leg got 28.5 pictures a second or more at 720p, the right participants in the right
panes, every pane 28 dB or better, sound without a gap and no packet missing for good; else it is void, and why is
below the table.

**Floor** is the CPU time of the bare codecs for one leg: decoding the film that it sends, encoding with libx264 the
picture that it gets, composed of the same films. It is measured in the same run with settings that never change: a
leg at 1.00 costs as much as private codecs alone. For PCMU and listeners it is the CPU time of the bare system calls
that take and send as many packets (`native/bench/socket_floor.cpp`), measured just before and after. Ratios compare
between machines and days, legs per core do not: of what ran several times the range is given beside the last.

![Reached against target, and growth](bench.svg)
"""
_PEERS = """\
## The peers

Janus AudioBridge gets its participants by plain RTP and mixes at the codec's own rate; GStreamer (`compositor`,
`audiomixer`, `x264enc` with the floor's settings) reads films from files and writes files as fast as it can: no
packets, no clock, no names, which flatters it. What they give out is judged by the rules above.
"""


def page(outcomes: Mapping[str, Outcome]) -> str:
    """The whole file."""
    head = _HEAD.format(machine=machine(), date=time.strftime("%d %B %Y"), seconds=SECONDS)
    sections = [head, _targets(outcomes), _notes(outcomes), _growth(outcomes), _set_up(outcomes), _PEERS]
    return "\n".join(section for section in sections if section)


def machine() -> str:
    """Cores and processor."""
    cpu = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    return f"{os.cpu_count()} cores of {cpu}"


def _targets(outcomes: Mapping[str, Outcome]) -> str:
    head = (
        "",
        "target",
        "legs per core",
        "CPU ms per leg and second",
        "ratio to floor",
        "PSNR dB",
        "peer",
        "command",
    )
    rows = [_target(row, outcomes[row.name]) for row in TARGETS]
    return "## Targets\n\n" + table(head, rows)


def _target(row: Row, outcome: Outcome) -> Sequence[str]:
    ratio, quality = outcome.ratio_to_floor, outcome.number("psnr_db_min")
    return (
        row.title,
        f"{row.target:g}" if row.target else "",
        _reached(row, outcome),
        "" if outcome.void else f"{outcome.number('cpu_ms_per_leg_s'):.2f}",
        f"{ratio:.2f}" if ratio and not outcome.void else "",
        f"{quality:.1f}" if quality and not outcome.void else "",
        _peer(outcome),
        f"`{row.command}`",
    )


def _reached(row: Row, outcome: Outcome) -> str:
    if outcome.void:
        return "void" + _spread(outcome)
    reached = figure(outcome.number("legs_per_core"))
    marked = f"**{reached}**" if row.target and outcome.number("legs_per_core") >= row.target else reached
    return marked + _spread(outcome)


def _spread(outcome: Outcome) -> str:
    if not outcome.earlier:
        return ""
    least, most, runs = min(outcome.reached), max(outcome.reached), len(outcome.reached)
    return f" ({figure(least)} to {figure(most)} in {runs} runs)" if runs > 1 else f" ({figure(most)} before)"


def _peer(outcome: Outcome) -> str:
    if outcome.peer_failure:
        return outcome.peer_failure
    if not outcome.peer:
        return ""
    if outcome.peer["void"]:
        return f"{outcome.peer['peer']}: void, {outcome.peer['void'][0]}"
    quality = f", {outcome.peer['psnr_db_min']:.1f} dB" if outcome.peer["psnr_db_min"] else ""
    return f"{outcome.peer['peer']}: {figure(outcome.peer_legs_per_core)}{quality}"


def _notes(outcomes: Mapping[str, Outcome]) -> str:
    void = [f"- {row.title}: {outcomes[row.name].void}" for row in ROWS if outcomes[row.name].void]
    return "Bold: the target is reached." + (" Void or not run:\n\n" + "\n".join(void) if void else "") + "\n"


def _growth(outcomes: Mapping[str, Outcome]) -> str:
    head = ("", "CPU ms per leg and second", "memory per leg, MB", "command")
    rows = [
        (
            row.title,
            "void" if outcome.void else f"{outcome.number('cpu_ms_per_leg_s'):.2f}",
            "" if outcome.void else f"{outcome.number('memory_mb_per_leg'):.2f}",
            f"`{row.command}`",
        )
        for row in (row for row in ROWS if row.line)
        for outcome in (outcomes[row.name],)
    ]
    rows.sort(key=lambda row: [point.title for point in growth_points()].index(row[0]))
    return "## Growth\n\n" + table(head, rows)


def growth_points() -> Sequence[Row]:
    """By line and number of legs."""
    return sorted((row for row in (*TARGETS, *GROWTH) if row.line), key=lambda row: (row.line, legs_of(row)))


def legs_of(row: Row) -> int:
    """What its command says."""
    words = row.arguments.split()
    return int(words[words.index("--legs") + 1])


def _set_up(outcomes: Mapping[str, Outcome]) -> str:
    outcome = outcomes[SET_UP.name]
    if outcome.void:
        return f"## Set-up\n\nVoid: {outcome.void}\n"
    return (
        f"## Set-up\n\n{outcome.number('setups_per_s'):.0f} calls a second were dialled, heard and ended, 20 at a time:"
        f" {outcome.number('cpu_ms_per_setup'):.2f} CPU ms each, the 200 after"
        f" {outcome.number('setup_ms_median'):.0f} ms in the median and {outcome.number('setup_ms_p95'):.0f} ms in the"
        f" 95th percentile (`{SET_UP.command}`). Sound begins at the bridge's tick, so the lines dial again together"
        " and a 200 waits for those before it; with fewer lines it comes sooner.\n"
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """In Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def figure(value: float) -> str:
    """Three digits at least where they say something."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"
