"""What an overload run must show: a good one, and one spoiled in each way."""

from dataclasses import replace

import pytest

from cms_media.bench.messages import EarCount
from cms_media.bench.overload_verdict import Evidence, Phase, faults, ladder_steps, make_phase
from cms_media.media.ladder_step import Step
from tests.bench.runs import COUNTED

LOG = """\
2026-01-01T00:00:00.000 WARNING media.worker.relief event=ladder step=share before=full busy_percent=100 late_ticks=0
2026-01-01T00:00:01.500 WARNING media.worker.relief event=ladder step=fps_20 before=share busy_percent=100 late_ticks=0
2026-01-01T00:00:02.000 INFO signalling.leg event=ended leg=x
2026-01-01T00:00:30.000 INFO media.worker.relief event=ladder step=share before=fps_20 busy_percent=40 late_ticks=0
"""
CHANGES = [
    (Step.FULL, Step.SHARE),
    (Step.SHARE, Step.FPS_20),
    (Step.FPS_20, Step.SHARE),
    (Step.SHARE, Step.FULL),
]


def phase(name: str, fps: float, *steps: str) -> Phase:
    return Phase(name, 4.0, 5, 130, steps, 90.0, fps, 720, 0, 0.0, 0.0, 0.0)


PHASES = (
    phase("full", 30.0, "full"),
    phase("getting overloaded", 24.0, "full", "share", "fps_20"),
    phase("overloaded", 19.8, "fps_20"),
    phase("getting better", 25.0, "fps_20", "share", "full"),
    phase("recovered", 30.0, "full"),
)
GOOD = Evidence(PHASES, CHANGES, 2, ["leg-010: failed: 503 Service Unavailable"], True)


def spoiled(number: int, changed: Phase) -> Evidence:
    return replace(GOOD, phases=(*PHASES[:number], changed, *PHASES[number + 1 :]))


def test_the_ladder_is_read_from_the_log() -> None:
    assert ladder_steps(LOG) == CHANGES[:3]


def test_figures_of_a_phase() -> None:
    counted = replace(
        COUNTED, ears=(EarCount("a", 0, 0.0, -38.0), EarCount("b", 2, 35.0, -38.0)), sent_late=6
    )
    seen = make_phase("x", counted, 6, 5.0, [Step.FULL, Step.SHARE], 99.5, 720)
    assert (seen.load_percent, seen.steps, seen.fps) == (120, ("full", "share"), 29.9)
    assert (seen.audio_gaps, seen.longest_gap_ms, seen.generator_late_percent) == (2, 35.0, 1.0)
    assert seen.audio_concealed_percent == 0.1


def test_a_good_run_has_no_faults() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("evidence", "fault"),
    [
        (spoiled(1, replace(PHASES[1], audio_gaps=3)), "sound had gaps: 3 in getting overloaded"),
        (spoiled(3, replace(PHASES[3], audio_concealed_percent=1.0)), "came late in getting better"),
        (spoiled(2, replace(PHASES[2], generator_late_percent=5.0)), "generator was late in overloaded"),
        (spoiled(0, replace(PHASES[0], fps=20.0)), "before there was any overload"),
        (spoiled(2, replace(PHASES[2], fps=12.0)), "12.0 pictures a second where the ladder leaves 20"),
        (spoiled(4, replace(PHASES[4], steps=("share",))), "did not recover: share"),
        (spoiled(4, replace(PHASES[4], fps=20.0)), "did not recover: full, 20.0"),
        (
            replace(GOOD, changes=[(Step.FULL, Step.FPS_20)], down=1),
            "not in the stated order: FULL to FPS_20",
        ),
        (replace(GOOD, changes=[], down=0), "there was no overload"),
        (replace(GOOD, refused=[]), "let in under overload"),
        (replace(GOOD, refused=["x: failed: 404 Not Found"]), "not told 503 but: x: failed: 404"),
        (replace(GOOD, let_in_again=False), "still refused"),
    ],
)
def test_what_is_wrong_is_said(evidence: Evidence, fault: str) -> None:
    (said,) = faults(evidence)
    assert fault in said
