"""Key frames in virtual time: wishes share one, a lossy receiver does not ruin the others, and comes back when calm."""

import pytest

from cms_media.base.types import LegId
from cms_media.media.worker.key_frames import CALM_S, MOST_ALONE, Askers, KeyFrameSchedule

A, B, C, D = map(LegId, "abcd")
FRAME_S = 1 / 30


def frames(schedule: KeyFrameSchedule, wishes_s: list[float], receivers: int, until_s: float) -> list[float]:
    """When key frames are made by a view that makes 30 pictures a second."""
    made, waiting = [], sorted(wishes_s)
    for number in range(round(until_s * 30)):
        now_s = number * FRAME_S
        while waiting and waiting[0] <= now_s:
            schedule.want(A, waiting.pop(0))
        if schedule.due(now_s, receivers):
            schedule.made(now_s)
            made.append(round(now_s, 1))
    return made


@pytest.mark.parametrize(
    ("wishes_s", "receivers", "made"),
    [
        ([], 4, []),
        ([2.0], 4, [2.0]),
        ([2.0, 2.1, 2.2, 2.45], 4, [2.0, 2.5]),
        ([0.1 * n for n in range(20)], 4, [0.0, 0.5, 1.0, 1.5, 2.0]),
        ([0.1 * n for n in range(20)], 9, [0.0, 0.9, 1.8, 2.7]),
    ],
)
def test_wishes_within_a_pause_share_a_key_frame(
    wishes_s: list[float], receivers: int, made: list[float]
) -> None:
    assert frames(KeyFrameSchedule(), wishes_s, receivers, 4.0) == made


def test_an_asker_among_others_is_served_ever_more_rarely() -> None:
    askers, schedule, made = Askers(), KeyFrameSchedule(), []
    for number in range(30 * 30):
        now_s = 100 + number * FRAME_S
        if number % 15 == 0:
            schedule.want(A, askers.ask(A, 25, now_s))
        if schedule.due(now_s, 25):
            schedule.made(now_s)
            askers.served([A, B], now_s)
            made.append(round(now_s - 100))
    assert made == [0, 1, 3, 7, 15, 23]


def test_who_went_away_needs_none_any_more() -> None:
    schedule = KeyFrameSchedule()
    schedule.want(A)
    schedule.keep([B])
    assert not schedule.due(1.0, 1)
    schedule.want(B, 2.0)
    assert [schedule.due(now_s, 1) for now_s in (1.9, 2.0)] == [False, True]


def test_alone_in_its_view_it_is_served_at_once() -> None:
    askers = Askers()
    for second in range(5):
        assert askers.ask(A, 1, float(second)) == second
        askers.served([A], float(second))


def test_who_did_not_ask_is_not_slowed_down_by_others_key_frames() -> None:
    askers = Askers()
    askers.ask(A, 9, 0.0)
    askers.served([A, B], 0.0)
    assert askers.ask(B, 9, 0.1) == 0.1
    assert askers.ask(A, 9, 0.1) == 1.0


def test_after_a_calm_time_it_is_as_good_as_new() -> None:
    askers = Askers()
    for second in range(5):
        askers.ask(A, 9, float(second))
        askers.served([A], float(second))
    assert askers.ask(A, 9, 5.0) > 5.0
    askers.served([A], 20.0)
    assert askers.ask(A, 9, 20.0) == 20.0


def ask_often(askers: Askers, leg: LegId, now_s: float, receivers: int = 9) -> None:
    for wish in range(5):
        askers.ask(leg, receivers, now_s + wish)


def test_who_asks_too_often_gets_an_encode_of_its_own_until_it_is_calm() -> None:
    askers = Askers()
    ask_often(askers, A, 0.0)
    askers.ask(B, 9, 4.0)
    crowd = {A: 9, B: 9}
    assert askers.alone(crowd, spare=True, now_s=4.0) == {A}
    askers.ask(A, 1, 9.0)
    assert askers.alone({A: 1, B: 8}, spare=True, now_s=18.0) == {A}
    assert askers.alone({A: 1, B: 8}, spare=True, now_s=9.0 + CALM_S) == frozenset()


@pytest.mark.parametrize(("receivers", "spare"), [(3, True), (9, False)])
def test_no_encode_of_its_own_where_few_suffer_or_there_is_no_time(receivers: int, spare: bool) -> None:
    askers = Askers()
    ask_often(askers, A, 0.0)
    assert askers.alone({A: receivers}, spare, now_s=4.0) == frozenset()


def test_encodes_for_askers_are_few_and_end_when_time_is_short() -> None:
    askers, legs = Askers(), (A, B, C, D)
    for leg in legs:
        ask_often(askers, leg, 0.0)
    alone = askers.alone(dict.fromkeys(legs, 20), spare=True, now_s=4.0)
    assert len(alone) == MOST_ALONE
    askers.forget(min(alone))
    assert min(alone) not in askers.alone(dict.fromkeys(legs, 20), spare=True, now_s=4.1)
    assert askers.alone(dict.fromkeys(legs, 20), spare=False, now_s=4.2) == frozenset()
