"""Changes between two encoded pictures."""

from cms_media.media.worker.changes import Changes

WHOLE = (0, 0, 1280, 720)


def test_a_new_canvas_is_new_everywhere() -> None:
    assert Changes(WHOLE).rectangles == (WHOLE,)


def test_rectangles_add_up_until_the_canvas_is_encoded() -> None:
    changes = Changes(WHOLE)
    changes.clear()
    changes.add([(0, 0, 8, 8), (8, 0, 8, 8)])
    changes.add([(0, 0, 8, 8)])
    assert changes.rectangles == ((0, 0, 8, 8), (8, 0, 8, 8))
    changes.clear()
    assert changes.rectangles == ()


def test_the_whole_canvas_swallows_the_rest() -> None:
    changes = Changes(WHOLE)
    changes.clear()
    changes.add([(0, 0, 8, 8), WHOLE, (8, 0, 8, 8)])
    assert changes.rectangles == (WHOLE,)


def test_rectangles_are_bounded_in_number() -> None:
    changes = Changes(WHOLE)
    changes.clear()
    for column in range(1000):
        changes.add([(2 * column, 0, 2, 2)])
    assert changes.rectangles == (WHOLE,)
