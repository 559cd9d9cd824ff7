"""What is asked of a source, by table and in virtual time."""

import pytest

from cms_media.base.types import LegId
from cms_media.media.tile import Tile
from cms_media.media.worker.appetite import LESS_AFTER_S, Appetite, largest_panes, rate_for

A, B = LegId("a"), LegId("b")
FULL_BPS = 2_000_000


@pytest.mark.parametrize(
    ("height_px", "rate_bps"),
    [
        (0, 128_000),
        (90, 256_000),
        (180, 256_000),
        (240, 700_000),
        (360, 700_000),
        (540, 1_200_000),
        (720, FULL_BPS),
        (1080, FULL_BPS),
    ],
)
def test_rate_of_a_size(height_px: int, rate_bps: int) -> None:
    assert rate_for(height_px, FULL_BPS) == rate_bps
    assert rate_for(height_px, 300_000) == min(300_000, rate_bps)


def test_the_largest_pane_of_all_views_counts() -> None:
    assert largest_panes([Tile(A, 426, 240), Tile(B, 426, 240), Tile(A, 640, 360)]) == {A: 360, B: 240}
    assert largest_panes([]) == {}


def asked(appetite: Appetite, *heights: tuple[float, int]) -> list[tuple[float, int]]:
    """(time, rate) of every question; `heights` are (from when, lines), looked at ten times a second."""
    found = []
    for step in range(round(heights[-1][0] * 10)):
        now_s = step / 10
        height_px = [lines for since_s, lines in heights if since_s <= now_s][-1]
        if appetite.want(height_px, now_s):
            found.append((now_s, appetite.asked_bps))
    return found


def test_less_is_asked_after_a_while_and_more_at_once() -> None:
    heights = [(0.0, 720), (10.0, 180), (30.0, 720), (40.0, 0)]
    assert asked(Appetite(FULL_BPS), *heights) == [(10 + LESS_AFTER_S, 256_000), (30.0, FULL_BPS)]


def test_a_change_of_speaker_and_back_asks_for_nothing() -> None:
    heights = [(4.0 * turn, 720 * (turn % 2)) for turn in range(10)]
    assert asked(Appetite(FULL_BPS), *heights) == []


def test_a_step_between_waits_too() -> None:
    heights = [(0.0, 360), (20.0, 180), (22.0, 360), (24.0, 180), (40.0, 180)]
    assert asked(Appetite(FULL_BPS), *heights) == [(5.0, 700_000), (29.0, 256_000)]


def test_a_size_of_the_last_moment_is_not_asked_for() -> None:
    heights = [(0.0, 360), (4.9, 180), (5.1, 360), (20.0, 360)]
    assert asked(Appetite(FULL_BPS), *heights) == [(5.0, 700_000)]


def test_a_stream_that_was_negotiated_anew_is_asked_again() -> None:
    appetite = Appetite(FULL_BPS)
    asked(appetite, (0.0, 180), (10.0, 180))
    appetite.start_again()
    assert appetite.for_less
    assert asked(appetite, (0.0, 180), (10.0, 180)) == [(0.0, 256_000)]
    appetite.start_again()
    assert asked(appetite, (0.0, 720), (10.0, 180)) == [(0.0, FULL_BPS)]
    appetite.start_again()
    assert asked(appetite, (0.0, 720), (10.0, 720)) == []
