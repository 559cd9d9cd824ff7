"""Turns of the talkers."""

from cms_media.bench.plan import Scenario, audio_plan, leg_plan
from cms_media.bench.talk import Talk


def test_in_a_gallery_one_talks() -> None:
    talk = Talk(leg_plan(Scenario.GALLERY, 9, "720p", 10.0))
    assert talk.begin(0.0) == [0]
    assert talk.next_turn(1000.0) is None
    assert talk.last_turn == {0: 1}
    assert talk.ears(9, 16) == list(range(1, 9))


def test_in_the_speaker_scenario_five_relieve_one_another() -> None:
    talk = Talk(leg_plan(Scenario.SPEAKER, 25, "720p", 10.0))
    assert talk.begin(0.0) == [0]
    assert talk.next_turn(3.9) is None
    turns = [talk.next_turn(4.0 * turn) for turn in range(1, 6)]
    assert turns == [(1, 0), (2, 1), (3, 2), (4, 3), (0, 4)]
    assert sorted(talk.last_turn, key=lambda leg: -talk.last_turn[leg]) == [0, 4, 3, 2, 1]
    talk.held = True
    assert talk.next_turn(1000.0) is None
    assert set(talk.ears(25, 16)).isdisjoint(range(5))


def test_all_talk_or_five_and_the_ears_are_spread() -> None:
    everybody = Talk(audio_plan(Scenario.PCMU, 100, 10.0))
    assert everybody.begin(0.0) == list(range(100))
    assert len(everybody.ears(100, 16)) <= 16
    few = Talk(audio_plan(Scenario.OPUS_LISTENERS, 200, 10.0))
    assert few.begin(0.0) == [0, 1, 2, 3, 4]
    ears = few.ears(200, 16)
    assert min(ears) >= 5
    assert max(ears) > 180


def test_each_of_several_calls_has_its_own_talkers() -> None:
    plan = audio_plan(Scenario.OPUS_LISTENERS, 25, 10.0, legs_per_call=10)
    assert [plan.calls, plan.call_of(9), plan.call_of(24)] == [3, 0, 2]
    assert Talk(plan).begin(0.0) == [*range(5), *range(10, 15), *range(20, 25)]
