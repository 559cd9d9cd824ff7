"""Whole meetings in the domain, between fakes and in virtual time: who sees whom, from the first to the last."""

import pytest

from cms_media.base.types import LegId
from cms_media.conference.space import Space
from cms_media.layout.types import SelfPane, Size
from cms_media.media.capacity import Capacity
from tests.conference.world import World, described

NAMES = "abcdefghi"
CANVAS = Size(1280, 720)


def places(world: World, viewer: LegId) -> dict[str, tuple[int, int]]:
    """Column and row of everybody in a 3x3 picture."""
    return {
        pane.leg: (pane.rect.scaled(CANVAS).x // 426, pane.rect.scaled(CANVAS).y // 240)
        for pane in world.media.scenes[viewer].panes
    }


def test_nine_parties_each_see_the_other_eight_in_order() -> None:
    world = World()
    people = [world.join(name, video=True) for name in NAMES]
    for viewer in people:
        others = [leg for leg in people if leg != viewer]
        expected = {leg: (number % 3, number // 3) for number, leg in enumerate(others)}
        assert places(world, viewer) == expected


def test_a_meeting_grows_and_shrinks_without_reshuffling() -> None:
    world = World()
    people = [world.join(name, video=True) for name in NAMES]
    world.speak(3, c=-30)
    world.speak(3, h=-30)
    assert world.sees(people[0]) == people[1:], "speaking moves nobody in equal panes"
    world.bye(people[4])
    assert world.sees(people[0]) == [people[n] for n in (1, 2, 3, 5, 6, 7, 8)]
    late = world.join("late", video=True)
    assert world.sees(people[0])[-1] == late
    assert world.media.scenes[late].active == "h"
    for leg in (*people[:4], *people[5:], late):
        world.bye(leg)
    assert world.calls() == []
    assert world.media.opened == {}


def test_a_conversation_in_speaker_view_needs_two_pictures() -> None:
    world = World()
    people = [world.join(name, "talk", video=True) for name in NAMES]
    world.speak(2, a=-30)
    for speaker, before in (("d", "a"), ("b", "d"), ("d", "b"), ("a", "d")):
        world.speak(2, **{speaker: -30})
        for viewer in people:
            assert world.sees(viewer) == [before if viewer == speaker else speaker]
        assert len(set(world.media.scenes.values())) == 2


def test_with_oneself_in_the_picture_everybody_sees_the_same() -> None:
    world = World(Space("Mirror", "mirror", self_pane=SelfPane.SELF))
    world.media.sharing = True
    people = [world.join(name, "mirror", video=True) for name in NAMES]
    world.speak(3, c=-30)
    assert len(set(world.media.scenes.values())) == 1
    assert world.sees(people[4]) == people


def test_with_one_s_own_pane_blank_the_others_keep_their_places() -> None:
    world = World(Space("Gap", "gap", self_pane=SelfPane.BLANK))
    people = [world.join(name, "gap", video=True) for name in NAMES]
    for viewer in people:
        expected = {leg: (n % 3, n // 3) for n, leg in enumerate(people) if leg != viewer}
        assert places(world, viewer) == expected


def test_of_forty_the_recent_speakers_are_seen_and_the_unseen_share_a_picture() -> None:
    world = World()
    people = [world.join(f"p{number:02}", video=True) for number in range(40)]
    for leg in people[30:]:
        world.speak(2, **{leg: -30})
    assert set(people[30:]) <= {people[0], *world.sees(people[0])}
    assert len(world.sees(people[0])) == 25
    unseen = [leg for leg in people if leg not in world.sees(people[39])][:-1]
    assert len({world.media.scenes[leg] for leg in unseen}) <= 2


def test_a_mixed_meeting_with_hold_video_added_and_a_vanished_peer() -> None:
    world = World()
    ann, bob, cyd = world.join("ann", video=True), world.join("bob"), world.join("cyd", video=True)
    assert world.sees(ann) == [bob, cyd]
    world.bridge.on_offer(bob, described(video=True, version=2))
    world.open(bob)
    assert world.sees(bob) == [ann, cyd]
    world.bridge.on_offer(cyd, described(video=True, direction="sendonly", version=2))
    assert world.sees(ann) == [bob, cyd], "who holds us keeps its pane"
    world.bridge.on_media_timeout(bob)
    assert world.sees(ann) == [cyd]
    world.bye(bob)
    dialled = world.bridge.dial("demo", "sip:dora@example.net")
    world.open(dialled)
    world.bridge.on_answer(dialled, described(video=True))
    assert world.sees(ann) == [cyd]
    world.bridge.on_connected(dialled)
    assert world.sees(ann) == [cyd, dialled]


def test_a_full_bridge_sends_newcomers_away_keeps_whom_it_has_and_lets_in_when_somebody_leaves() -> None:
    world = World()
    world.media.capacity = Capacity(3100)
    ann, bob, cyd = (world.join(name, video=True) for name in ("ann", "bob", "cyd"))
    assert world.signalling.last(world.invite("dora", offer=described(video=True))) == ("reject", (503, 10))
    eve = world.join("eve")
    assert world.sees(ann) == [bob, cyd, eve]
    world.bridge.on_offer(eve, described(video=True, version=2))
    world.open(eve)
    assert world.media.capacity.load_units == 4000
    assert world.sees(eve) == [ann, bob, cyd]
    world.bye(bob)
    assert world.signalling.last(world.invite("fred", offer=described(video=True))) == ("reject", (503, 10))
    world.bye(ann)
    assert world.signalling.last(world.join("gus", video=True)) == ("answer", None)


def test_when_media_falls_behind_a_call_is_one_picture_until_it_has_caught_up() -> None:
    world = World()
    people = [world.join(name, video=True) for name in NAMES]
    talk = [world.join(f"t{name}", "talk", video=True) for name in NAMES]
    world.speak(2, ta=-30, a=-30)
    before = dict(world.media.scenes)
    assert len({world.media.scenes[leg] for leg in people}) == 9
    world.share(True)
    assert {world.media.scenes[leg] for leg in people} == {world.media.scenes[people[0]]}
    assert world.sees(people[4]) == people
    assert world.media.scenes[people[4]].shared
    assert all(world.media.scenes[leg] == before[leg] for leg in talk), "two pictures as ever"
    late = world.join("late", video=True)
    assert world.sees(late) == [*people, late]
    world.bye(late)
    world.share(False)
    assert world.media.scenes == before


@pytest.mark.parametrize("count", [500])
def test_a_big_audio_call_sets_no_pictures(count: int) -> None:
    world = World(max_legs=count)
    for number in range(count):
        world.join(f"p{number}")
    world.speak(2, p7=-30)
    assert world.media.scenes_set == 0
    assert world.calls()[0]["active_speaker"] == "p7"
    assert world.media.prompts == {}
