"""docs/bench.svg: what was reached against the target, and cost per leg as a call grows. Pure.

Left: a bar per target, 1 being the target, a mark where the peer is. Right: cost per leg over legs, 1 being the cost in
the smallest call of that line.
"""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from math import log

from benchmarks.outcome import Outcome
from benchmarks.page import figure, growth_points, legs_of
from benchmarks.rows import TARGETS, Row

_WIDTH, _ROW_HEIGHT, _TOP = 1240, 26, 56
_LABELS, _BARS = 370, 300
_GROWTH_X, _GROWTH_WIDTH = 870, 340
_LEAST_SCALE, _MOST_SCALE = 1.6, 4.0
"""Of the bars: a target reached four times over is drawn as that."""
_REACHED, _SHORT, _PEER, _LINES = "#2a7d4f", "#c9772b", "#444", ("#2a5d9f", "#9f2a5d")
_STYLE = "font-family='DejaVu Sans,Verdana,sans-serif' font-size='12'"


def plot(outcomes: Mapping[str, Outcome]) -> str:
    """The whole file."""
    rows = [row for row in TARGETS if row.target]
    height = _TOP + _ROW_HEIGHT * len(rows) + 50
    return "\n".join(
        [
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {height}' {_STYLE}>",
            f"<rect width='{_WIDTH}' height='{height}' fill='white'/>",
            *_bars(rows, outcomes),
            *_growth(outcomes, height),
            "</svg>\n",
        ]
    )


def _bars(rows: Sequence[Row], outcomes: Mapping[str, Outcome]) -> list[str]:
    ratios = [_ratio(row, outcomes[row.name]) for row in rows]
    unit = _BARS / min(_MOST_SCALE, max(_LEAST_SCALE, *ratios))
    parts = [_text(_LABELS, 24, "legs per core against the target", weight="bold")]
    for number, row in enumerate(rows):
        parts += _bar(row, outcomes[row.name], _TOP + _ROW_HEIGHT * number, unit)
    bottom = _TOP + _ROW_HEIGHT * len(rows)
    target_x = _LABELS + unit
    parts.append(_line(target_x, _TOP - 8, target_x, bottom, "#000", dashes="4 3"))
    parts.append(_text(target_x, bottom + 18, "target", anchor="middle"))
    parts.append(_line(_LABELS + 4, bottom + 26, _LABELS + 4, bottom + 42, _PEER, width=3))
    parts.append(_text(_LABELS + 12, bottom + 38, "the peer (Janus AudioBridge, GStreamer)"))
    return parts


def _bar(row: Row, outcome: Outcome, top: float, unit: float) -> list[str]:
    ratio = _ratio(row, outcome)
    length = min(_BARS, ratio * unit)
    said = "none" if outcome.void else figure(outcome.number("legs_per_core"))
    parts = [
        _text(_LABELS - 8, top + 13, row.title, anchor="end"),
        f"<rect x='{_LABELS}' y='{top}' width='{length:.1f}' height='18'"
        f" fill='{_REACHED if ratio >= 1 else _SHORT}'/>",
        _text(_LABELS + _BARS + 10, top + 13, f"{said} of {row.target:g}"),
    ]
    if outcome.peer_legs_per_core:
        x = _LABELS + min(_BARS, unit * outcome.peer_legs_per_core / row.target)
        parts.append(_line(x, top - 2, x, top + 20, _PEER, width=3))
    return parts


def _ratio(row: Row, outcome: Outcome) -> float:
    return 0.0 if outcome.void else outcome.number("legs_per_core") / row.target


def _growth(outcomes: Mapping[str, Outcome], height: float) -> list[str]:
    points = [row for row in growth_points() if not outcomes[row.name].void]
    bottom = height - 50
    parts = [
        _text(_GROWTH_X, 24, "cost per leg, 1 being the smallest call", weight="bold"),
        _line(_GROWTH_X, bottom, _GROWTH_X + _GROWTH_WIDTH, bottom, "#000"),
        _line(_GROWTH_X, _TOP, _GROWTH_X, bottom, "#000"),
    ]
    if not points:
        return parts
    least, most = min(map(legs_of, points)), max(map(legs_of, points))
    scale = _GROWTH_WIDTH / max(1e-9, log(most / least))
    lines = [
        (name, _relative(list(rows), outcomes)) for name, rows in groupby(points, key=lambda row: row.line)
    ]
    top = max(1.25, *(cost for _, line in lines for _, cost in line))
    for cost in (0.5, 1.0):
        y = bottom - (bottom - _TOP) * cost / top
        parts.append(_line(_GROWTH_X, y, _GROWTH_X + _GROWTH_WIDTH, y, "#bbb"))
        parts.append(_text(_GROWTH_X - 6, y + 4, f"{cost:g}", anchor="end"))
    for legs in sorted({legs for _, line in lines for legs, _ in line}):
        x = _GROWTH_X + scale * log(legs / least)
        parts.append(_text(x, bottom + 18, str(legs), anchor="middle"))
    for number, (name, line) in enumerate(lines):
        colour = _LINES[number % len(_LINES)]
        places = [
            (_GROWTH_X + scale * log(legs / least), bottom - (bottom - _TOP) * cost / top)
            for legs, cost in line
        ]
        track = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f"<polyline points='{track}' fill='none' stroke='{colour}' stroke-width='2'/>")
        parts += [f"<circle cx='{x:.1f}' cy='{y:.1f}' r='4' fill='{colour}'/>" for x, y in places]
        parts.append(_text(_GROWTH_X + 10, bottom + 34 + 14 * number, f"● {name}; legs", colour=colour))
    return parts


def _relative(rows: Sequence[Row], outcomes: Mapping[str, Outcome]) -> list[tuple[int, float]]:
    costs = [(legs_of(row), outcomes[row.name].number("cpu_ms_per_leg_s")) for row in rows]
    return [(legs, cost / costs[0][1]) for legs, cost in costs] if costs[0][1] else []


def _text(
    x: float, y: float, said: str, anchor: str = "start", weight: str = "normal", colour: str = "#111"
) -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' font-weight='{weight}' fill='{colour}'>"
        f"{escape(said)}</text>"
    )


def _line(
    x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1, dashes: str = "none"
) -> str:
    return (
        f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='{colour}' stroke-width='{width}'"
        f" stroke-dasharray='{dashes}'/>"
    )
