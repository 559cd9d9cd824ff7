"""What pictures cost and would cost without sharing."""

import pytest

from cms_media.media.worker.effort import Effort, Made, Spell

PIXELS = 1280 * 720
PICTURES = 300
"""Enough for the usual price to be forgotten within some spells."""


def learn(effort: Effort, made: Made, took_s: float, calm: bool = True) -> Spell:
    """Many spells of the same pictures; the last one."""
    for _ in range(50):
        for _ in range(PICTURES):
            effort.add(made, took_s)
        spell = effort.spell(calm, quick=True)
    return spell


def relayed(effort: Effort, unshared: int, quick: bool = True) -> float:
    """What one picture would cost that another worker made."""
    effort.add(Made(PIXELS, 0, unshared, here=False), took_s=0.0)
    return effort.spell(calm=True, quick=quick).unshared_s


def test_what_is_shared_would_be_made_once_for_each_who_has_to_see_another_picture() -> None:
    spell = learn(Effort(), Made(PIXELS, 0, unshared=10, here=True), took_s=0.004)
    assert spell == Spell(pytest.approx(PICTURES * 0.004), pytest.approx(PICTURES * 0.040, rel=0.01))


def test_panes_are_drawn_once_for_all_views() -> None:
    """3 ms to compose and encode, 0.9 ms to draw the panes: nine more views cost 27 ms more, not 35."""
    spell = learn(Effort(), Made(PIXELS, PIXELS, unshared=10, here=True), took_s=0.0039)
    assert spell.unshared_s == pytest.approx(PICTURES * 0.0309, rel=0.01)


def test_what_is_predicted_while_one_view_is_shared_is_what_five_then_take() -> None:
    effort = Effort()
    shared = learn(effort, Made(PIXELS, PIXELS, unshared=5, here=True), took_s=0.0039)
    for _ in range(PICTURES):
        effort.add(Made(PIXELS, PIXELS, unshared=1, here=True), took_s=0.0039)
        for _ in range(4):
            effort.add(Made(PIXELS, 0, unshared=1, here=True), took_s=0.0030)
    private = effort.spell(calm=True, quick=True)
    assert private.unshared_s == pytest.approx(private.making_s, rel=0.01)
    assert shared.unshared_s == pytest.approx(private.making_s, rel=0.01)


def test_who_has_made_nothing_expects_the_usual_price() -> None:
    """4 ms a view, and the panes once."""
    assert relayed(Effort(), unshared=5) == pytest.approx(0.00415 * 5.3, rel=0.01)


def test_who_only_relays_pays_what_he_last_paid_and_draws_the_panes() -> None:
    effort = Effort()
    learn(effort, Made(PIXELS, 0, unshared=1, here=True), took_s=0.010)
    effort.spell(calm=True, quick=True)
    assert relayed(effort, unshared=5) == pytest.approx(0.053, rel=0.01)
    assert relayed(effort, unshared=0) == 0.0


def test_who_only_relays_goes_by_what_the_maker_pays_now() -> None:
    effort = Effort()
    learn(effort, Made(PIXELS, 0, unshared=1, here=True), took_s=0.010)
    told = Made(PIXELS, 0, unshared=5, here=False, told_price_s=0.003 / PIXELS)
    effort.add(told, took_s=0.0)
    assert effort.spell(calm=True, quick=True).unshared_s == pytest.approx(0.0159)
    assert effort.price_s * PIXELS == pytest.approx(0.010, rel=0.01), "that is still what it pays itself"
    effort.add(told, took_s=0.0)
    effort.add(Made(PIXELS, 0, unshared=1, here=True), took_s=0.010)
    assert effort.spell(calm=True, quick=True).unshared_s == pytest.approx(0.063, rel=0.01)


def test_what_pictures_took_in_an_overload_is_not_what_they_cost() -> None:
    effort = Effort()
    learn(effort, Made(PIXELS, 0, unshared=1, here=True), took_s=0.003)
    late = learn(effort, Made(PIXELS, 0, unshared=5, here=True), took_s=0.012, calm=False)
    assert late.making_s == pytest.approx(PICTURES * 0.012)
    assert late.unshared_s == pytest.approx(PICTURES * 0.015, rel=0.01)
    assert relayed(effort, unshared=5) == pytest.approx(0.0159, rel=0.01)


def test_few_pictures_that_took_long_at_the_beginning_are_soon_forgotten() -> None:
    effort = Effort()
    for pictures, took_s in ((2, 0.040), (75, 0.004)):
        for _ in range(pictures):
            effort.add(Made(PIXELS, 0, unshared=1, here=True), took_s)
        effort.spell(calm=True, quick=True)
    assert relayed(effort, unshared=1) == pytest.approx(0.0052, rel=0.2)


def test_two_who_would_not_be_hurried_cost_more() -> None:
    assert relayed(Effort(), unshared=2, quick=False) == pytest.approx(1.25 * relayed(Effort(), unshared=2))


def test_the_sums_begin_anew() -> None:
    effort = Effort()
    effort.add(Made(PIXELS, PIXELS, unshared=3, here=True), took_s=0.020)
    effort.spell(calm=True, quick=True)
    assert effort.spell(calm=True, quick=True) == Spell(0.0, 0.0)
