"""What makes a run void, and what does not."""

from dataclasses import replace

import pytest

from cms_media.bench.messages import LegCount, LegView
from cms_media.bench.plan import Scenario, audio_plan
from cms_media.bench.verdict import Evidence, void_reasons
from tests.bench.runs import COUNTED, GOOD, SEEN

LEG, EAR, VIEW = COUNTED.legs[0], COUNTED.ears[0], SEEN.legs[0]


def _counted(**changes: object) -> Evidence:
    return replace(GOOD, counted=replace(COUNTED, **changes))  # type: ignore[arg-type]


def _leg(**changes: object) -> Evidence:
    leg: LegCount = replace(LEG, **changes)  # type: ignore[arg-type]
    return _counted(legs=(leg, COUNTED.legs[1]))


def _view(**changes: object) -> Evidence:
    view: LegView = replace(VIEW, **changes)  # type: ignore[arg-type]
    return replace(GOOD, seen=replace(SEEN, legs=(view, SEEN.legs[1])))


def test_a_good_run_counts() -> None:
    assert void_reasons(GOOD) == []


@pytest.mark.parametrize(
    ("evidence", "word"),
    [
        (replace(GOOD, not_joined=("leg-001: failed: 503",), counted=_counted(legs=(LEG,)).counted), "503"),
        (replace(GOOD, workers_lost=1), "workers"),
        (replace(GOOD, given_up=("share",)), "overloaded and gave less than it was asked for: share"),
        (_counted(sent_late=20), "generator was late"),
        (_counted(skipped_ticks=1), "skipped"),
        (_counted(legs=(LEG,)), "ended while"),
        (_leg(audio_packets=480), "packets of sound: leg-000 480"),
        (_counted(ears=(replace(EAR, gaps=1),)), "gaps"),
        (_counted(ears=(replace(EAR, level_dbov=-80.0),)), "nobody was heard"),
        (_leg(audio_concealed=3), "too late or never"),
        (_leg(fps=28.4), "leg-000 28.4"),
        (_leg(damaged=1), "packets missing"),
        (_view(fault="participant 1 stood still"), "leg-000: participant 1 stood still"),
        (_view(psnr_db=27.9), "27.9"),
        (_view(height_px=360), "leg-000 360p"),
    ],
)
def test_a_fault_is_named(evidence: Evidence, word: str) -> None:
    reasons = void_reasons(evidence)
    assert len(reasons) == 1
    assert word in reasons[0]


def test_pictures_are_not_asked_of_audio() -> None:
    audio = audio_plan(Scenario.PCMU, 2, 10.0)
    legs = tuple(replace(leg, fps=0.0) for leg in COUNTED.legs)
    evidence = replace(GOOD, plan=audio, counted=replace(COUNTED, legs=legs), seen=replace(SEEN, legs=()))
    assert void_reasons(evidence) == []
