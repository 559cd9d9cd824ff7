"""The workers' ladders as control sees them."""

import pytest

from cms_media.media.ladder_step import Step
from cms_media.media.pressure import Pressure


@pytest.mark.parametrize(
    ("steps", "sharing", "refusing"),
    [
        ((), False, False),
        ((Step.FULL, Step.FULL), False, False),
        ((Step.FULL, Step.SHARE), True, False),
        ((Step.FPS_20, Step.FULL), True, True),
        ((Step.P360,), True, True),
    ],
)
def test_the_worst_worker_counts(steps: tuple[Step, ...], sharing: bool, refusing: bool) -> None:
    pressure = Pressure()
    for place, step in enumerate(steps):
        pressure.report(place, {"ladder_step": int(step), "legs": 3})
    assert (pressure.sharing, pressure.refusing) == (sharing, refusing)


def test_a_worker_that_is_gone_or_has_recovered_holds_nobody_up() -> None:
    pressure = Pressure()
    pressure.report(0, {"ladder_step": 4})
    pressure.report(1, {"ladder_step": 4})
    pressure.lost(0)
    pressure.lost(0)
    pressure.report(1, {"ladder_step": 0})
    assert (pressure.sharing, pressure.refusing) == (False, False)


@pytest.mark.parametrize("values", [{}, {"ladder_step": 99}, {"ladder_step": "high"}])
def test_what_makes_no_sense_is_taken_for_nothing(values: dict[str, int | str]) -> None:
    pressure = Pressure()
    pressure.report(0, values)
    assert not pressure.sharing
