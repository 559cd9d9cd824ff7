"""Calls stay together until a worker is full."""

from cms_media.base.types import CallId, LegId
from cms_media.media.placement import Placement

ONE, TWO = CallId("one"), CallId("two")


def _put(
    placement: Placement, leg: str, call: CallId, busy: dict[int, float] | None = None, places: int = 3
) -> int:
    place = placement.choose(call, range(places), busy or {})
    assert place is not None
    placement.put(LegId(leg), call, place, 1000)
    return place


def test_calls_are_spread_and_their_legs_kept_together() -> None:
    placement = Placement(10_000)
    assert [_put(placement, leg, ONE) for leg in "abc"] == [0, 0, 0]
    assert [_put(placement, leg, TWO) for leg in "de"] == [1, 1]


def test_a_full_worker_spills_over_to_the_idlest_and_then_fills_evenly() -> None:
    placement = Placement(5000)
    assert [_put(placement, leg, ONE) for leg in "abcdefgh"] == [0, 0, 0, 0, 1, 1, 1, 1]
    assert placement.places_of(ONE) == {0, 1}
    assert _put(placement, "i", ONE) == 2


def test_a_worker_that_is_busy_is_full_whatever_the_table_says() -> None:
    placement = Placement(10_000)
    _put(placement, "a", ONE)
    assert _put(placement, "b", ONE, {0: 0.9, 1: 0.5, 2: 0.6}) == 1


def test_when_all_are_full_nothing_is_gained_by_moving() -> None:
    placement = Placement(1000)
    for leg in "abc":
        _put(placement, leg, CallId(leg))
    assert _put(placement, "d", CallId("b")) == placement.place_of(LegId("b"))


def test_a_home_that_is_lost_is_not_waited_for() -> None:
    placement = Placement(10_000)
    _put(placement, "a", ONE)
    assert placement.choose(ONE, [1], {}) == 1
    assert placement.choose(ONE, [], {}) is None


def test_what_is_removed_is_gone() -> None:
    placement = Placement(10_000)
    _put(placement, "a", ONE)
    assert placement.remove(LegId("a")) == ONE
    assert placement.remove(LegId("a")) is None
    assert (len(placement), placement.places_of(ONE), placement.load_of(0)) == (0, frozenset(), 0.0)
