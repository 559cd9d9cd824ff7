"""Fades, judged by their pixels."""

import numpy as np
import pytest

from cms_media.base.types import LegId
from cms_media.codecs.picture import Picture
from cms_media.layout.types import Size
from cms_media.media.worker.compose import Composer
from cms_media.media.worker.fade import Fade
from cms_media.media.worker.party import Party
from cms_media.media.worker.source import Source
from tests.media.drawing import draw
from tests.media.plans import scene_of

A, B = LegId("a" * 32), LegId("b" * 32)


def test_the_old_picture_goes_step_by_step() -> None:
    fade, canvas, seen = Fade(0.2), Picture.blank(64, 36, luma=200), []
    fade.begin(canvas, 5.0)
    for frame in range(6):
        canvas.y[:] = 50
        assert fade.on
        fade.draw(canvas, 5.0 + frame / 30)
        seen.append(int(canvas.y[7, 9]))
    assert seen == pytest.approx([175, 150, 125, 100, 75, 50], abs=2)
    assert not fade.on


def test_one_that_is_interrupted_goes_on_from_what_is_shown() -> None:
    fade, canvas = Fade(0.1), Picture.blank(64, 36, luma=200)
    fade.begin(canvas, 0.0)
    canvas.y[:] = 20
    fade.draw(canvas, 0.0)
    shown = int(canvas.y[0, 0])
    assert 130 < shown < 150
    fade.begin(canvas, 0.03)
    fade.draw(canvas, 0.03)
    assert (canvas.y == shown).all()


def test_without_a_length_nothing_fades() -> None:
    fade, canvas = Fade(0.0), Picture.blank(64, 36, luma=200)
    fade.begin(canvas, 0.0)
    assert not fade.on


def _party(luma: int) -> Party:
    source = Source(lambda: None)
    source.picture = Picture.blank(320, 180, luma)
    source.renew(0.0)
    return Party("", source)


def test_a_canvas_fades_when_panes_move_and_is_then_what_it_would_be_without() -> None:
    parties = {A: _party(60), B: _party(220)}
    size, one, two = Size(320, 180), scene_of(A), scene_of(A, B)
    composer = Composer(size, 0.1)
    draw(composer, one, parties, 0.0)
    first = composer.canvas.y.copy()
    sharp = Composer(size)
    draw(sharp, two, parties, 0.0)
    assert draw(composer, two, parties, 0.0).all()
    low, high = np.minimum(first, sharp.canvas.y), np.maximum(first, sharp.canvas.y)
    assert ((low <= composer.canvas.y) & (composer.canvas.y <= high)).all()
    assert (composer.canvas.y != sharp.canvas.y).any()
    assert draw(composer, two, parties, 0.2).all()
    assert (composer.canvas.y == sharp.canvas.y).all()
    assert (composer.canvas.u == sharp.canvas.u).all()
    assert not draw(composer, two, parties, 0.3).any()


def test_the_first_scene_and_a_change_of_speaker_do_not_fade() -> None:
    parties, composer = {A: _party(60), B: _party(220)}, Composer(Size(320, 180), 0.5)
    draw(composer, scene_of(A, B, active=A), parties, 0.0)
    assert not draw(composer, scene_of(A, B, active=A), parties, 0.1).any()
    changed = draw(composer, scene_of(A, B, active=B), parties, 0.2)
    assert 0 < changed.mean() < 1 / 2
