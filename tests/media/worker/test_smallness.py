"""Whether a small picture of a source is enough, in virtual time."""

from cms_media.media.worker.smallness import SMALL_AFTER_S, Smallness


def changes(*looks: tuple[float, int], sent_px: int = 720) -> list[tuple[float, bool]]:
    """(time, enough) of every change; `looks` are (from when, lines of the pane), looked at ten times a second."""
    smallness, found = Smallness(), []
    for step in range(round(looks[-1][0] * 10)):
        now_s = step / 10
        pane_px = [lines for since_s, lines in looks if since_s <= now_s][-1]
        if smallness.look(pane_px, sent_px, now_s):
            found.append((now_s, smallness.enough))
    return found


def test_less_after_a_while_and_more_at_once() -> None:
    looks = [(0.0, 720), (10.0, 240), (40.0, 720), (50.0, 0), (70.0, 0)]
    assert changes(*looks) == [(10 + SMALL_AFTER_S, True), (40.0, False), (50 + SMALL_AFTER_S, True)]


def test_small_panes_of_every_size_are_one() -> None:
    looks = [(0.0, 360), (6.0, 180), (12.0, 0), (30.0, 360), (60.0, 180)]
    assert changes(*looks) == [(SMALL_AFTER_S, True)]


def test_a_change_of_speaker_and_back_changes_nothing() -> None:
    assert changes(*((9.0 * turn, 720 * (turn % 2)) for turn in range(10))) == []


def test_who_sends_no_more_anyway_is_left_alone() -> None:
    for sent_px in (0, 288, 360):
        assert changes((0.0, 180), (30.0, 180), sent_px=sent_px) == []


def test_its_own_small_picture_is_no_reason_to_want_more() -> None:
    smallness = Smallness()
    smallness.look(180, 720, 0.0)
    assert smallness.look(180, 720, SMALL_AFTER_S)
    assert not smallness.look(180, 360, SMALL_AFTER_S + 1)
    assert smallness.enough


def test_who_can_be_told_by_other_means_is_forgotten() -> None:
    smallness = Smallness()
    smallness.look(180, 720, 0.0)
    smallness.look(180, 720, SMALL_AFTER_S)
    assert smallness.forget()
    assert not smallness.forget()
    assert not smallness.enough
