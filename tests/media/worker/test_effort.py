"""What pictures cost and would cost without sharing."""

import pytest

from cms_media.media.worker.effort import Effort, Made, Spell

PIXELS = 1280 * 720


def test_what_is_shared_would_be_made_once_more_for_each_who_sees_himself() -> None:
    effort = Effort()
    effort.add(Made(PIXELS, selves=9, here=True), took_s=0.004)
    effort.add(Made(PIXELS, selves=0, here=True), took_s=0.006)
    assert effort.spell() == Spell(pytest.approx(0.010), pytest.approx(0.005 * 11))


def test_who_only_relays_would_have_to_make_them_at_the_usual_price() -> None:
    effort = Effort()
    effort.add(Made(PIXELS, selves=5, here=False), took_s=0.0)
    spell = effort.spell()
    assert spell.making_s == 0.0
    assert 0.002 * 5 < spell.unshared_s < 0.008 * 5


def test_the_price_of_the_last_pictures_is_kept_and_the_sums_begin_anew() -> None:
    effort = Effort()
    effort.add(Made(PIXELS, selves=0, here=True), took_s=0.020)
    effort.spell()
    assert effort.spell() == Spell(0.0, 0.0)
    effort.add(Made(PIXELS, selves=2, here=False), took_s=0.0)
    assert effort.spell().unshared_s == pytest.approx(0.040)
