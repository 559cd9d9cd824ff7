"""The active speaker, in virtual time: one report every 100 ms."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from cms_media.base.types import LegId
from cms_media.conference.speakers import ActiveSpeaker

A, B, C = LegId("A"), LegId("B"), LegId("C")
TICK_S = 0.1


class Meeting:
    """Feeds levels and notes when the active speaker changed."""

    def __init__(self) -> None:
        self.speaker = ActiveSpeaker()
        self.now = 100.0

    def hear(self, seconds: float, **levels: float) -> float | None:
        """The seconds after which the active speaker changed first; None when it did not."""
        return self.hear_each({LegId(leg): level for leg, level in levels.items()} for _ in steps(seconds))

    def hear_each(self, reports: Iterable[dict[LegId, float]]) -> float | None:
        changed: float | None = None
        started = self.now
        for report in reports:
            if self.speaker.hear(report, self.now) and changed is None:
                changed = self.now - started
            self.now += TICK_S
        return changed


def steps(seconds: float) -> range:
    return range(round(seconds / TICK_S))


def test_the_first_speaker_is_active_at_once() -> None:
    meeting = Meeting()
    assert meeting.hear(5) is None
    assert meeting.hear(0.1, B=-40) == 0
    assert meeting.speaker.active == B


def test_a_cough_changes_nothing() -> None:
    meeting = Meeting()
    meeting.hear(2, A=-30)
    assert meeting.hear(0.8, B=-20) is None
    assert meeting.hear(3, A=-30) is None
    assert meeting.speaker.active == A


def test_a_second_speaker_takes_over_after_a_while_of_speech() -> None:
    meeting = Meeting()
    meeting.hear(2, A=-30)
    changed = meeting.hear(3, B=-30)
    assert changed is not None
    assert 1.0 <= changed <= 1.5
    assert [meeting.speaker.last_spoke(leg) for leg in (A, B, C)] == [1, 2, 0]


def test_over_a_speaker_who_goes_on_one_must_be_clearly_louder() -> None:
    meeting = Meeting()
    meeting.hear(2, A=-30)
    assert meeting.hear(10, A=-30, B=-29) is None
    changed = meeting.hear(3, A=-30, B=-22)
    assert changed is not None
    assert changed <= 1.5


def test_gaps_between_words_do_not_start_the_count_anew() -> None:
    meeting = Meeting()
    meeting.hear(2, A=-30)
    words = ([{B: -30.0}] * 4 + [{}] * 2) * 6
    changed = meeting.hear_each(words)
    assert changed is not None
    assert changed <= 2.5


def test_of_two_challengers_the_louder_wins() -> None:
    meeting = Meeting()
    meeting.hear(2, A=-30)
    meeting.hear(3, B=-30, C=-20)
    assert meeting.speaker.active == C


def test_when_the_active_speaker_leaves_the_next_is_active_at_once() -> None:
    meeting = Meeting()
    meeting.hear(2, A=-30)
    meeting.hear(3, B=-30)
    assert meeting.speaker.leave(B)
    assert not meeting.speaker.leave(C)
    assert meeting.speaker.active is None
    assert meeting.hear(0.1, A=-45) == 0


def test_after_a_stall_one_report_does_not_take_over() -> None:
    meeting = Meeting()
    meeting.hear(2, A=-30)
    meeting.now += 60
    assert meeting.hear(0.2, B=-10) is None


@given(st.lists(st.dictionaries(st.sampled_from([A, B, C]), st.floats(-50, 0)), max_size=80))
def test_the_active_speaker_always_has_the_highest_rank(reports: list[dict[LegId, float]]) -> None:
    meeting = Meeting()
    meeting.hear_each(reports)
    ranks = {leg: meeting.speaker.last_spoke(leg) for leg in (A, B, C)}
    if meeting.speaker.active:
        assert ranks[meeting.speaker.active] == max(ranks.values())
    assert meeting.speaker.snapshot()["active"] == (meeting.speaker.active or "")
