"""When what control says is whole, in virtual time."""

import pytest

from cms_media.media.worker.lull import PATIENCE_S, QUIET_S, Lull


def test_who_says_nothing_is_not_waited_for() -> None:
    assert Lull().over(False, 1.0)


def test_it_is_over_when_nothing_more_has_come_for_a_while() -> None:
    lull = Lull()
    assert not lull.over(True, 1.0)
    assert not lull.over(True, 1.0 + QUIET_S / 2)
    assert lull.due_s() == pytest.approx(1.0 + 1.5 * QUIET_S)
    assert not lull.over(False, 1.0 + 1.4 * QUIET_S)
    assert lull.over(False, 1.0 + 1.6 * QUIET_S)
    assert lull.due_s() is None


def test_who_never_stops_is_not_waited_for_either() -> None:
    lull = Lull()
    steps = [lull.over(True, 1.0 + step * QUIET_S / 2) for step in range(round(2 * PATIENCE_S / QUIET_S) + 2)]
    assert steps.index(True) in (round(2 * PATIENCE_S / QUIET_S), round(2 * PATIENCE_S / QUIET_S) + 1)
