"""The domain between fakes: from INVITE to picture, and every way to end."""

import pytest

from cms_media.base.errors import RequestError
from cms_media.base.types import LegId, MediaKind
from cms_media.conference.call import ALONE_MESSAGE
from cms_media.conference.ports import Info, LegMediaStatus, Prompt
from cms_media.conference.space import Space
from cms_media.sdp.description import SessionDescription
from tests.conference.world import World, described

AUDIO, VIDEO = MediaKind.AUDIO, MediaKind.VIDEO


def test_an_incoming_call_rings_opens_answers_and_joins() -> None:
    world = World()
    leg = world.invite("ann", offer=described(video=True))
    assert world.signalling.verbs(leg) == ["ring"]
    assert world.media.opened[leg] == [AUDIO, VIDEO]
    assert world.media.addresses[leg] == "192.0.2.1"
    world.open(leg)
    assert world.signalling.verbs(leg) == ["ring", "answer"]
    assert [plan.kind for plan in world.media.plans[leg]] == [AUDIO, VIDEO]
    assert world.media.labels[leg] == "ANN"
    assert [line.port for line in world.signalling.descriptions[leg].media] == [40_000, 40_002]
    # In the call with the 200 already, so that media flows at once.
    assert world.calls()[0]["participants"] == 1
    world.bridge.on_connected(leg)
    assert world.calls()[0]["legs"][0]["state"] == "connected"


def test_an_offerless_invite_gets_our_offer_and_joins_with_the_answer() -> None:
    world = World()
    leg = world.invite("ann")
    world.open(leg)
    assert world.signalling.verbs(leg) == ["ring", "answer"]
    assert leg not in world.media.plans
    world.bridge.on_answer(leg, described(video=True))
    world.bridge.on_connected(leg)
    assert [plan.kind for plan in world.media.plans[leg]] == [AUDIO, VIDEO]
    assert world.calls()[0]["participants"] == 1


def test_an_offerless_invite_whose_answer_is_reported_after_the_confirmation() -> None:
    world = World()
    leg = world.invite("ann")
    world.open(leg)
    world.bridge.on_connected(leg)
    assert leg not in world.media.plans
    world.bridge.on_answer(leg, described())
    assert world.calls()[0]["legs"][0]["state"] == "connected"
    assert leg in world.media.plans


def test_an_outgoing_call_joins_when_it_is_answered_and_confirmed() -> None:
    world = World()
    leg = world.bridge.dial("DEMO", "bob@example.net")
    assert world.signalling.said == []
    world.open(leg)
    assert world.signalling.last(leg) == ("dial", ("sip:bob@example.net", "demo"))
    world.bridge.on_ringing(leg)
    world.bridge.on_answer(leg, described(video=True))
    assert leg not in world.media.plans, "early media must not reach the others"
    # The answer of a 18x comes again in the 200.
    world.bridge.on_answer(leg, described(video=True))
    world.bridge.on_connected(leg)
    assert world.media.labels[leg] == "bob"
    assert world.calls()[0]["legs"][0]["direction"] == "outgoing"
    assert world.calls()[0]["participants"] == 1


@pytest.mark.parametrize("to", ["nobody", "", "demo "])
def test_an_unknown_uri_is_not_found(to: str) -> None:
    world = World(Space("Other", "other"))
    leg = world.invite("ann", to, described())
    assert world.signalling.last(leg) == ("reject", (404, None))
    assert world.calls() == []


def test_beyond_capacity_callers_are_told_when_to_try_again() -> None:
    world = World(max_legs=1)
    world.join("ann")
    leg = world.invite("bob", offer=described())
    assert world.signalling.last(leg) == ("reject", (503, 10))
    world.bye(LegId("ann"))
    assert world.signalling.last(world.join("cyd")) == ("answer", None)


@pytest.mark.parametrize(
    ("offer", "kinds"),
    [
        (described(), (MediaKind.AUDIO,)),
        (described(video=True), (MediaKind.AUDIO, MediaKind.VIDEO)),
        (None, (MediaKind.AUDIO, MediaKind.VIDEO)),
    ],
)
def test_a_caller_for_whom_media_has_no_room_is_told_before_it_rings(
    offer: SessionDescription | None, kinds: tuple[MediaKind, ...]
) -> None:
    world = World()
    world.media.room = False
    leg = world.invite("ann", offer=offer)
    assert world.media.asked_room_for == kinds
    assert world.signalling.said == [("reject", leg, (503, 10))]
    assert world.calls() == []
    assert world.bridge.snapshot()["counters"]["no_media_capacity"] == 1
    world.media.room = True
    assert world.signalling.last(world.join("bob")) == ("answer", None)


def test_nobody_is_called_for_whom_media_has_no_room() -> None:
    world = World()
    world.media.room = False
    with pytest.raises(RequestError) as refused:
        world.bridge.dial("demo", "sip:bob@example.net")
    assert refused.value.status == 503
    assert world.signalling.said == []
    assert world.calls() == []


def test_who_is_in_may_always_have_more() -> None:
    world = World()
    ann = world.join("ann")
    world.media.room = False
    world.bridge.on_offer(ann, described(video=True, version=2))
    world.open(ann)
    assert world.signalling.last(ann) == ("answer", None)
    assert MediaKind.VIDEO in [plan.kind for plan in world.media.plans[ann]]


def test_nothing_in_common_is_488_before_anything_is_opened() -> None:
    world = World()
    leg = world.invite("ann", offer=described(audio=False))
    assert world.signalling.verbs(leg) == ["reject"]
    assert world.signalling.last(leg) == ("reject", (488, None))
    assert not world.media.opened
    world.bridge.on_ended(leg, 488, "")
    assert world.bridge.leg_count == 0
    assert world.calls() == []


def test_no_ports_is_503() -> None:
    world = World()
    leg = world.invite("ann", offer=described())
    world.fail(leg, "no ports")
    assert world.signalling.last(leg) == ("reject", (503, 10))
    assert leg not in world.media.closed, "what media has released is not closed"


def test_legs_of_a_dead_worker_get_media_back_by_reinvite() -> None:
    world = World()
    ann, bob = world.join("ann", video=True), world.join("bob", video=True)
    call = world.calls()[0]["id"]
    for leg in (ann, bob):
        world.fail(leg)
    assert world.calls()[0]["participants"] == 0
    world.bridge.tick()
    for leg in (ann, bob):
        assert world.media.opened[leg] == [AUDIO, VIDEO]
        world.open(leg)
        assert world.signalling.last(leg) == ("offer", None)
        world.bridge.on_answer(leg, described(video=True, version=2))
    assert world.sees(ann) == [bob]
    assert world.calls()[0]["id"] == call
    assert world.media.calls[ann] == call


def test_a_worker_that_does_not_come_back_ends_the_leg() -> None:
    world = World()
    leg = world.join("ann")
    world.fail(leg)
    for _ in range(40):
        world.bridge.tick()
        if leg in world.media.opened:
            world.fail(leg)
    assert world.signalling.last(leg) == ("hang_up", 500)
    assert world.calls() == []


def test_a_peer_that_refuses_the_new_ports_is_hung_up() -> None:
    world = World()
    leg = world.join("ann")
    world.fail(leg)
    world.bridge.tick()
    world.open(leg)
    world.bridge.on_offer_failed(leg, 408)
    assert world.signalling.last(leg) == ("hang_up", 500)
    assert leg in world.media.closed


def test_a_peer_that_offers_while_media_is_lost_is_answered_with_new_ports() -> None:
    world = World()
    leg = world.join("ann")
    world.fail(leg)
    world.bridge.on_offer(leg, described(version=2))
    world.open(leg)
    assert world.signalling.last(leg) == ("answer", None)
    assert world.calls()[0]["participants"] == 1
    world.bridge.tick()
    assert world.signalling.last(leg) == ("answer", None), "nothing is left to recover"


def test_media_lost_while_a_peers_offer_waits() -> None:
    world = World()
    leg = world.join("ann")
    world.bridge.on_offer(leg, described(video=True, version=2))
    world.fail(leg)
    world.bridge.tick()
    world.open(leg)
    assert world.signalling.verbs(leg) == ["ring", "answer", "answer"]
    assert [plan.kind for plan in world.media.plans[leg]] == [AUDIO, VIDEO]


def test_cancel_while_media_opens_releases_it() -> None:
    world = World()
    leg = world.invite("ann", offer=described())
    transports = world.media.transports(leg)
    world.bridge.on_ended(leg, 487, "cancelled")
    assert leg in world.media.closed
    world.bridge.on_transports(leg, transports)
    assert world.signalling.verbs(leg) == ["ring"]
    assert world.bridge.leg_count == 0


def test_somebody_alone_is_told_so_until_a_second_joins() -> None:
    world = World()
    ann = world.join("ann", video=True)
    assert world.media.scenes[ann].message == ALONE_MESSAGE
    assert world.media.scenes[ann].title == "Demo"
    assert world.media.prompts == {ann: Prompt.ONLY_PARTICIPANT}
    bob = world.join("bob", video=True)
    assert world.media.prompts == {}
    assert (world.sees(ann), world.sees(bob)) == ([bob], [ann])
    world.bye(ann)
    assert world.media.prompts == {bob: Prompt.ONLY_PARTICIPANT}
    assert world.media.scenes[bob].message == ALONE_MESSAGE


def test_the_call_ends_with_its_last_leg() -> None:
    world = World()
    for name in ("ann", "bob"):
        world.join(name)
    assert len(world.calls()) == 1
    first = world.calls()[0]["id"]
    for name in ("ann", "bob"):
        world.bye(LegId(name))
    assert world.calls() == []
    world.join("cyd")
    assert world.calls()[0]["id"] != first


def test_audio_only_people_have_panes_but_no_picture_of_their_own() -> None:
    world = World()
    ann, bob = world.join("ann", video=True), world.join("bob")
    assert world.sees(ann) == [bob]
    assert bob not in world.media.scenes


def test_spaces_do_not_mix() -> None:
    world = World()
    ann, bob = world.join("ann", video=True), world.join("bob", "talk", video=True)
    assert world.sees(ann) == world.sees(bob) == []
    assert {world.media.calls[ann], world.media.calls[bob]} == {call["id"] for call in world.calls()}


def test_the_call_id_leads_to_the_same_call() -> None:
    world = World()
    ann, bob = world.join("ann", "123456789", video=True), world.join("bob", "Demo", video=True)
    assert world.sees(ann) == [bob]


def test_the_speaker_is_framed_or_shown_large() -> None:
    world = World()
    people = [
        world.join(name, to, video=True) for to in ("demo", "talk") for name in (to + "1", to + "2", to + "3")
    ]
    world.speak(2, demo2=-30, talk2=-30)
    assert world.media.scenes[people[0]].active == "demo2"
    assert world.media.scenes[people[1]].active is None
    assert world.sees(LegId("talk1")) == ["talk2"]
    assert world.sees(LegId("talk2")) == ["talk1"]
    world.speak(3, talk3=-30)
    assert world.sees(LegId("talk3")) == ["talk2"], "the loudest sees who was loudest before"


def test_levels_change_no_pictures_while_nobody_takes_over() -> None:
    world = World()
    for name in ("a", "b", "c"):
        world.join(name, video=True)
    world.speak(2, a=-30)
    before = world.media.scenes_set
    world.speak(20, a=-30, b=-31)
    assert world.media.scenes_set == before


def test_reinvite_adds_video() -> None:
    world = World()
    ann, bob = world.join("ann"), world.join("bob", video=True)
    world.bridge.on_offer(ann, described(video=True, version=2))
    assert world.signalling.verbs(ann)[-1] == "answer"
    assert len(world.signalling.verbs(ann)) == 2, "the answer waits for the video port"
    world.open(ann)
    assert world.signalling.verbs(ann) == ["ring", "answer", "answer"]
    assert world.media.opened[ann] == [AUDIO, VIDEO]
    assert world.sees(ann) == [bob]


def test_hold_and_resume() -> None:
    world = World()
    ann = world.join("ann", video=True)
    world.bridge.on_offer(ann, described(video=True, direction="sendonly", version=2))
    assert [(plan.sending, plan.receiving) for plan in world.media.plans[ann]] == [(False, True)] * 2
    assert world.calls()[0]["legs"][0]["held"]
    world.bridge.on_offer(ann, described(video=True, direction="inactive", version=3))
    assert [(plan.sending, plan.receiving) for plan in world.media.plans[ann]] == [(False, False)] * 2
    world.bridge.on_offer(ann, described(video=True, version=4))
    assert [(plan.sending, plan.receiving) for plan in world.media.plans[ann]] == [(True, True)] * 2
    assert world.signalling.verbs(ann).count("answer") == 4


def test_a_useless_reinvite_changes_nothing() -> None:
    world = World()
    ann = world.join("ann")
    before = world.media.plans[ann]
    world.bridge.on_offer(ann, described(audio=False, version=2))
    assert world.signalling.last(ann) == ("reject", (488, None))
    assert world.media.plans[ann] == before
    assert world.calls()[0]["legs"][0]["state"] != "ending"


def test_an_offerless_reinvite_is_offered_what_is_open_at_once() -> None:
    world = World()
    ann = world.join("ann")
    world.bridge.on_offer(ann, None)
    assert world.signalling.verbs(ann) == ["ring", "answer", "answer"]
    assert [line.media for line in world.signalling.descriptions[ann].media] == ["audio"]
    world.bridge.on_answer(ann, described(version=2))
    assert world.bridge.renegotiate(ann)


def test_we_may_offer_video_ourselves() -> None:
    world = World()
    ann = world.join("ann")
    assert world.bridge.renegotiate(ann)
    world.open(ann)
    assert world.signalling.last(ann) == ("offer", None)
    assert not world.bridge.renegotiate(ann), "one offer at a time"
    world.bridge.on_answer(ann, described(video=True, version=2))
    assert [plan.kind for plan in world.media.plans[ann]] == [AUDIO, VIDEO]


def test_a_refused_offer_leaves_the_session_as_it_was() -> None:
    world = World()
    ann = world.join("ann")
    before = world.media.plans[ann]
    world.bridge.renegotiate(ann)
    world.open(ann)
    world.bridge.on_offer_failed(ann, 488)
    assert world.media.plans[ann] == before
    assert world.bridge.renegotiate(ann)


def test_an_answer_with_nothing_in_common_ends_the_call() -> None:
    world = World()
    leg = world.bridge.dial("demo", "sip:bob@example.net")
    world.open(leg)
    world.bridge.on_answer(leg, described(audio=False))
    assert world.signalling.last(leg) == ("hang_up", 488)
    assert leg in world.media.closed


def test_a_vanished_peer_is_hung_up() -> None:
    world = World()
    ann = world.join("ann")
    world.bridge.on_media_timeout(ann)
    assert world.signalling.last(ann) == ("hang_up", 200)
    assert world.calls() == []
    assert world.bridge.leg_count == 1
    world.bye(ann)
    assert world.bridge.leg_count == 0


def test_a_silent_peer_on_hold_is_left_alone() -> None:
    world = World()
    ann = world.join("ann")
    world.bridge.on_offer(ann, described(direction="inactive", version=2))
    world.bridge.on_media_timeout(ann)
    assert world.signalling.verbs(ann)[-1] == "answer"
    world.bridge.on_offer(ann, described(version=3))
    world.bridge.on_media_timeout(ann)
    assert world.signalling.last(ann) == ("hang_up", 200)


def test_key_frame_wishes_go_both_ways() -> None:
    world = World()
    ann = world.join("ann", video=True)
    world.bridge.on_picture_fast_update(ann)
    assert world.media.key_frames == [ann]
    world.bridge.on_key_frame_needed(ann)
    assert world.signalling.last(ann) == ("send_info", Info.PICTURE_FAST_UPDATE)


@pytest.mark.parametrize(
    ("space", "uri", "failure"),
    [
        ("nobody", "sip:bob@example.net", "coSpaceDoesNotExist"),
        ("demo", "not a uri", "parameterError"),
        ("demo", "", "parameterError"),
        ("demo", "sip:bob@unreachable.example", "parameterError"),
    ],
)
def test_dialling_out_refuses_by_name(space: str, uri: str, failure: str) -> None:
    world = World()
    with pytest.raises(RequestError) as caught:
        world.bridge.dial(space, uri)
    assert caught.value.failure == failure
    assert world.bridge.leg_count == 0
    assert world.calls() == []


def test_an_outgoing_call_that_is_hung_up_before_it_was_dialled() -> None:
    world = World()
    leg = world.bridge.dial("demo", "sip:bob@example.net")
    world.bridge.hang_up(leg)
    assert world.signalling.said == []
    assert leg in world.media.closed
    assert world.bridge.leg_count == 0
    with pytest.raises(RequestError):
        world.bridge.hang_up(leg)


def test_stop_hangs_everybody_up_and_takes_no_more() -> None:
    world = World()
    ann = world.join("ann")
    bob = world.invite("bob", offer=described())
    world.bridge.stop()
    assert world.signalling.last(ann) == ("hang_up", 200)
    assert world.signalling.last(bob) == ("reject", (503, None))
    assert world.media.closed == {ann, bob}
    cyd = world.invite("cyd", offer=described())
    assert world.signalling.last(cyd) == ("reject", (503, 10))
    for leg in (ann, bob):
        world.bye(leg)
    assert world.bridge.leg_count == 0


def test_status_shows_what_media_reports() -> None:
    world = World()
    ann = world.join("ann", video=True)
    world.bridge.on_status(
        [LegMediaStatus(ann, {"audio_packets_received": 50}), LegMediaStatus(LegId("x"), {})]
    )
    world.bridge.on_video_source(ann, live=True)
    world.bridge.on_digits(ann, "12")
    world.bridge.on_digit(ann, "#")
    shown = world.calls()[0]["legs"][0]
    assert shown["audio_packets_received"] == 50
    assert (shown["codec_audio"], shown["codec_video"]) == ("PCMU", "H264")
    assert (shown["encrypted"], shown["video_live"], shown["digits"]) == (False, True, "12#")


def test_events_of_strangers_are_counted() -> None:
    world = World()
    world.bridge.on_connected(LegId("ghost"))
    world.bridge.on_ended(LegId("ghost"), 200, "")
    assert world.bridge.snapshot()["counters"]["late_events"] == 2


def wait(world: World, seconds: int) -> None:
    for _ in range(seconds):
        world.bridge.tick()
        world.now += 1


def test_a_caller_for_whom_no_media_opens_is_sent_away() -> None:
    world = World()
    leg = world.invite("ann", offer=described())
    wait(world, 9)
    assert world.signalling.verbs(leg) == ["ring"]
    wait(world, 4)
    assert world.signalling.last(leg) == ("reject", (503, 10))


def test_a_phone_does_not_ring_for_ever() -> None:
    world = World()
    leg = world.bridge.dial("demo", "sip:bob@example.net")
    world.open(leg)
    wait(world, 119)
    assert world.signalling.last(leg)[0] == "dial"
    wait(world, 4)
    assert world.signalling.last(leg) == ("hang_up", 408)
    assert leg in world.media.closed


def test_a_leg_whose_end_is_never_reported_is_forgotten() -> None:
    world = World()
    ann = world.join("ann")
    world.bridge.hang_up(ann)
    wait(world, 45)
    assert world.bridge.leg_count == 0
    assert world.bridge.snapshot()["counters"]["overdue"] == 1


def test_connected_legs_are_left_alone() -> None:
    world = World()
    world.join("ann")
    wait(world, 1000)
    assert world.bridge.leg_count == 1


def test_an_offer_that_could_not_wait_changes_nothing() -> None:
    world = World()
    ann = world.join("ann")
    before = world.media.plans[ann]
    world.bridge.on_offer(ann, described(video=True, version=2))
    world.bridge.on_offer_failed(ann, 488)
    world.open(ann)
    assert world.signalling.verbs(ann) == ["ring", "answer"]
    assert world.media.plans[ann] == before
    world.bridge.on_offer(ann, described(video=True, version=3))
    assert world.signalling.verbs(ann) == ["ring", "answer", "answer"], "the port is open by now"
