"""Views that are the same on several workers are encoded once, and go on when their picture changes."""

import pytest

from cms_media.media.messages import EncodeView, ExportView, ImportView, StopView, ViewMade
from cms_media.media.span.views import GRACE_S, ViewExchange
from tests.media.span.fakes import FakeRings, Post


class _House:
    def __init__(self) -> None:
        self.rings, self.post = FakeRings(), Post()
        self.views = ViewExchange(self.rings, self.post)
        self.now_s = 10.0

    def say(self, place: int, *views: tuple[int, str, int] | tuple[int, str, int, int]) -> None:
        self.views.report(place, [ViewMade(*view) for view in views], self.now_s)


@pytest.fixture
def house() -> _House:
    return _House()


def _shared(house: _House) -> str:
    """View 7 of worker 0 with 5 legs is read by view 3 of worker 1."""
    house.say(0, (7, "x", 5))
    house.say(1, (3, "x", 2))
    (path,) = house.rings.paths
    assert house.post.take() == [(0, ExportView(7, path)), (1, ImportView(3, path))]
    return path


def test_whoever_has_most_legs_encodes_for_all(house: _House) -> None:
    _shared(house)
    assert house.views.snapshot() == 1


def test_a_worker_with_more_views_of_its_own_leaves_the_shared_one_to_another(house: _House) -> None:
    house.say(0, (1, "a", 1), (2, "b", 1), (7, "x", 5))
    house.say(1, (1, "c", 1), (3, "x", 2))
    (path,) = house.rings.paths
    assert house.post.take() == [(1, ExportView(3, path)), (0, ImportView(7, path))]


def test_who_has_two_more_to_make_hands_the_shared_one_over(house: _House) -> None:
    old = _shared(house)
    house.say(1, (1, "c", 1), (3, "x", 2))
    house.say(0, (1, "a", 1), (7, "x", 5))
    assert house.post.take() == [], "that would only turn things round"
    house.say(0, (1, "a", 1), (2, "b", 1), (7, "x", 5))
    (new,) = set(house.rings.paths) - {old}
    assert house.post.take() == [
        (1, EncodeView(3)),
        (1, ExportView(3, new)),
        (0, ImportView(7, new)),
        (0, StopView(7)),
    ]
    house.now_s += 10
    house.views.settle(house.now_s)
    assert house.post.take() == [], "it stays there"


def test_who_would_have_more_to_make_without_sharing_does_not_make_what_is_shared(house: _House) -> None:
    house.say(0, (7, "x", 50, 5))
    house.say(1, (3, "x", 49, 4))
    (path,) = house.rings.paths
    assert house.post.take() == [(1, ExportView(3, path)), (0, ImportView(7, path))]
    house.say(0, (7, "y", 45), *((10 + own, f"own {own}", 1) for own in range(5)))
    house.say(1, (3, "y", 45), *((10 + own, f"his {own}", 1) for own in range(4)))
    assert house.post.take() == [], "five for each"


def test_groups_that_are_handed_over_do_not_come_back(house: _House) -> None:
    house.say(0, (1, "x", 5), (2, "y", 5))
    house.say(1, (1, "x", 1), (2, "y", 1))
    house.say(0, (1, "x", 5), (2, "y", 5), (3, "a", 1), (4, "b", 1))
    house.post.take()
    for _ in range(3):
        house.now_s += 1
        house.views.settle(house.now_s)
        assert house.post.take() == []


def test_different_pictures_are_nobody_elses_business(house: _House) -> None:
    house.say(0, (1, "x", 5))
    house.say(1, (1, "y", 5))
    assert (house.post.take(), house.rings.paths) == ([], [])


def test_a_third_worker_reads_the_same_ring_and_more_legs_change_no_owner(house: _House) -> None:
    path = _shared(house)
    house.say(2, (1, "x", 9))
    assert house.post.take() == [(2, ImportView(1, path))]


def test_a_change_of_picture_costs_nothing_when_all_follow(house: _House) -> None:
    _shared(house)
    house.say(0, (7, "y", 5))
    house.now_s += GRACE_S / 2
    house.say(1, (3, "y", 2))
    house.now_s += 10
    house.views.settle(house.now_s)
    assert house.post.take() == []


def test_who_does_not_follow_encodes_for_himself(house: _House) -> None:
    path = _shared(house)
    house.say(0, (7, "y", 5))
    house.now_s += GRACE_S
    house.views.settle(house.now_s)
    assert house.post.take() == [(1, EncodeView(3)), (0, StopView(7))]
    assert path not in house.rings.paths


def test_a_view_that_ends_ends_the_sharing(house: _House) -> None:
    _shared(house)
    house.say(1)
    assert house.post.take() == [(0, StopView(7))]
    assert house.rings.paths == []


def test_an_owner_that_ends_leaves_the_others_to_themselves(house: _House) -> None:
    _shared(house)
    house.say(2, (1, "x", 1))
    house.post.take()
    house.say(0)
    sent = house.post.take()
    assert (1, ExportView(3, house.rings.paths[0])) in sent
    assert (2, ImportView(1, house.rings.paths[0])) in sent
    assert (1, EncodeView(3)) in sent


def test_a_lost_owner_is_replaced(house: _House) -> None:
    old = _shared(house)
    house.views.place_lost(0, house.now_s)
    assert house.post.take() == [(1, EncodeView(3))]
    assert old not in house.rings.paths
    house.say(0, (1, "x", 5))
    (path,) = house.rings.paths
    assert house.post.take() == [(0, ExportView(1, path)), (1, ImportView(3, path))]


def test_without_memory_everybody_encodes_for_himself(house: _House) -> None:
    house.rings.full = True
    house.say(0, (7, "x", 5))
    house.say(1, (3, "x", 2))
    assert house.post.take() == []


def test_two_groups_that_become_one_have_one_owner_in_the_end(house: _House) -> None:
    house.say(0, (1, "x", 5), (2, "y", 5))
    house.say(1, (1, "x", 1), (2, "y", 1), (3, "own", 1))
    house.say(2, (1, "x", 1))
    house.say(3, (1, "y", 1))
    house.post.take()
    house.say(0, (1, "x", 5))  # "y" is seen by 1 and 3 only now
    house.now_s += 1
    house.views.settle(house.now_s)
    owner = [place for place, message in house.post.take() if isinstance(message, ExportView)]
    assert len(owner) == 1
    assert owner[0] in (1, 3)
    assert house.views.snapshot() == 3
