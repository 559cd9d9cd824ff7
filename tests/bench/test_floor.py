"""The bare codec's work for a leg: its canvas has the right films in the right panes."""

from pathlib import Path

import pytest

from cms_media.base.types import LegId
from cms_media.bench import film as film_module
from cms_media.bench.film import MARK, FilmShelf, shoot
from cms_media.bench.floor import CANVAS, canvas_pictures, raw_cost
from cms_media.bench.plan import Scenario, leg_plan
from cms_media.codecs.pattern import read_identity
from cms_media.layout.arrange import Candidate, arrange

PICTURES = 3
PLAN = leg_plan(Scenario.GALLERY, 3, "360p", 10.0)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> FilmShelf:
    found = FilmShelf(Path(tmp_path_factory.mktemp("films")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(film_module, "shoot", lambda number: shoot(number, PICTURES))
        found.load(range(3), lambda done, of: None)
    return found


def test_the_canvas_shows_the_others_in_their_panes(shelf: FilmShelf) -> None:
    legs = [LegId(f"{number:032x}") for number in range(3)]
    panes = arrange(PLAN.layout, list(map(Candidate, legs)), legs[0])
    assert [int(pane.leg, 16) for pane in panes] == [1, 2]
    for number, picture in enumerate(canvas_pictures(PLAN, shelf, PICTURES + 1)):
        for pane in panes:
            place = pane.rect.scaled(CANVAS)
            seen = read_identity(picture, (place.x, place.y, place.width, place.height), MARK)
            assert seen is not None
            assert (seen.source, seen.frame) == (int(pane.leg, 16), number % PICTURES)


def test_its_cost_is_told_per_picture(shelf: FilmShelf) -> None:
    cost = raw_cost(PLAN, shelf)
    assert cost.decode_ms > 0
    assert cost.encode_ms > cost.decode_ms
