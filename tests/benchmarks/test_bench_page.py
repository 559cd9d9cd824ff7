"""What `make bench` writes of its outcomes: the page, the plot, and the file that keeps them."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from benchmarks.outcome import Outcome, load, save
from benchmarks.page import growth_points, legs_of, page
from benchmarks.plot import plot
from benchmarks.rows import ROWS, SET_UP, TARGETS

REPORT = {
    "legs_per_core": 7.25,
    "cpu_ms_per_leg_s": 137.9,
    "ratio_to_raw_codec": 0.81,
    "psnr_db_min": 36.44,
    "memory_mb_per_leg": 12.5,
    "setups_per_s": 280.0,
    "cpu_ms_per_setup": 3.25,
    "setup_ms_median": 27.0,
    "setup_ms_p95": 49.0,
    "void": [],
}
PEER = {"peer": "GStreamer 1.22.0", "legs_per_core": 4.19, "psnr_db_min": 36.6, "void": []}


@pytest.fixture
def outcomes() -> dict[str, Outcome]:
    found = {row.name: Outcome(row.name, report=REPORT) for row in ROWS}
    found["gallery-4"] = Outcome("gallery-4", report=REPORT, peer=PEER)
    found["gallery-9"] = Outcome("gallery-9", report=REPORT | {"void": ["3 legs got fewer"]}, peer=PEER)
    found["pcmu-100"] = Outcome(
        "pcmu-100", failure="took more than 150 s", peer_failure="not here: apt-get install it"
    )
    return found


def _row(text: str, title: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {title} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_row_says_target_figures_peer_and_command(outcomes: dict[str, Outcome]) -> None:
    assert _row(page(outcomes), TARGETS[0].title) == [
        TARGETS[0].title,
        "6",
        "**7.2**",
        "137.90",
        "0.81",
        "36.4",
        "GStreamer 1.22.0: 4.2, 36.6 dB",
        "`cms-media bench legs --scenario gallery --legs 4 --cores 1`",
    ]


def test_void_figures_are_not_shown_and_why_is_said(outcomes: dict[str, Outcome]) -> None:
    text = page(outcomes)
    rows = {row.name: row for row in ROWS}
    assert _row(text, rows["gallery-9"].title)[2:6] == ["void", "", "", ""]
    assert f"{rows['gallery-9'].title}: 3 legs got fewer" in text
    assert "one call of 100: took more than 150 s" in text
    assert _row(text, rows["pcmu-100"].title)[6] == "not here: apt-get install it"


def test_of_several_runs_the_last_counts_and_between_what_all_ranged_is_said(
    outcomes: dict[str, Outcome],
) -> None:
    void = outcomes["gallery-9"]
    once = outcomes["gallery-4"]
    better = Outcome("gallery-4", report=REPORT | {"legs_per_core": 8.04})
    assert _reached(outcomes, once.after(None)) == "**7.2**"
    assert _reached(outcomes, better.after(once)) == "**8.0** (7.2 to 8.0 in 2 runs)"
    assert _reached(outcomes, once.after(better.after(once))) == "**7.2** (7.2 to 8.0 in 3 runs)"
    assert _reached(outcomes, once.after(void)) == "**7.2**"
    assert _reached(outcomes, void.after(once)) == "void (7.2 before)"
    assert _reached(outcomes, void.after(better.after(once))) == "void (7.2 to 8.0 in 2 runs)"


def _reached(outcomes: dict[str, Outcome], outcome: Outcome) -> str:
    return _row(page(outcomes | {"gallery-4": outcome}), TARGETS[0].title)[2]


def test_set_ups_are_told(outcomes: dict[str, Outcome]) -> None:
    assert "280 calls a second" in page(outcomes)
    assert "Void: why" in page(outcomes | {SET_UP.name: Outcome(SET_UP.name, failure="why")})


def test_growth_goes_from_small_to_large() -> None:
    points = growth_points()
    for line in {row.line for row in points}:
        legs = [legs_of(row) for row in points if row.line == line]
        assert legs == sorted(legs)
        assert (legs[0], legs[-1]) == (10, 200)


def test_the_plot_is_whole_and_draws_what_counts(outcomes: dict[str, Outcome]) -> None:
    root = ElementTree.fromstring(plot(outcomes))
    texts = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "7.2 of 6" in texts
    assert "none of 6" in texts
    points = len(list(root.iter("{http://www.w3.org/2000/svg}circle")))
    assert points == len(growth_points())


def test_the_plot_of_nothing_is_whole() -> None:
    ElementTree.fromstring(plot({row.name: Outcome(row.name) for row in ROWS}))


def test_outcomes_are_kept(outcomes: dict[str, Outcome], tmp_path: Path) -> None:
    path = tmp_path / "new" / "bench.json"
    outcomes["gallery-4"] = outcomes["gallery-4"].after(outcomes["gallery-4"])
    assert load(path) == {}
    save(outcomes, path)
    assert load(path) == outcomes
