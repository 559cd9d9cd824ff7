"""A small picture of a peer is enough, and it is asked for one by re-INVITE: the domain between fakes."""

import pytest

from cms_media.base.types import LegId, MediaKind
from cms_media.sdp.description import MediaDescription, SessionDescription
from cms_media.sdp.small import SMALL
from tests.conference.world import World, described


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def ann(world: World) -> LegId:
    return world.join("ann", video=True)


def asymmetric(version: int, **changes: bool) -> SessionDescription:
    """A peer with a level of its own for each direction."""
    text = str(described(video=True, version=version, **changes))
    return SessionDescription.parse(
        text.replace("packetization-mode", "level-asymmetry-allowed=1;packetization-mode")
    )


def wait(world: World, seconds: int) -> None:
    for _ in range(seconds):
        world.now += 1
        world.bridge.tick()


def said(world: World, leg: LegId) -> MediaDescription:
    """Our newest video line."""
    return world.signalling.descriptions[leg].media[1]


def offers(world: World, leg: LegId) -> int:
    return world.signalling.verbs(leg).count("offer")


def shown(world: World) -> tuple[object, ...]:
    (leg,) = world.calls()[0]["legs"]
    return tuple(leg[key] for key in ("asked_for_small", "asked_by_reinvite", "refused_by_reinvite"))


def test_less_and_more_again(world: World, ann: LegId) -> None:
    world.bridge.on_small_enough(ann, True)
    assert said(world, ann).bandwidth("TIAS") == SMALL.bitrate_bps
    assert "42e01f" in str(said(world, ann)), (
        "the level is of both directions for a peer that does not say otherwise"
    )
    before = world.media.plans[ann]
    world.bridge.on_answer(ann, described(video=True, version=2))
    assert shown(world) == (True, 1, 0)
    assert [plan.limits for plan in world.media.plans[ann]] == [plan.limits for plan in before]
    wait(world, 20)
    world.bridge.on_small_enough(ann, False)
    assert said(world, ann).bandwidth("TIAS") == 2_000_000
    world.bridge.on_answer(ann, described(video=True, version=3))
    wait(world, 20)
    assert offers(world, ann) == 2
    assert shown(world) == (False, 2, 0)


def test_a_lower_level_where_each_direction_has_its_own(world: World) -> None:
    leg = world.invite("ann", offer=asymmetric(1))
    world.open(leg)
    world.bridge.on_connected(leg)
    world.bridge.on_small_enough(leg, True)
    fmtp = said(world, leg).fmtps[97].parameters
    assert (fmtp["profile-level-id"], fmtp["max-fs"], fmtp["max-mbps"]) == ("42e015", "920", "27600")
    world.bridge.on_answer(leg, asymmetric(2))
    assert shown(world) == (True, 1, 0)


def test_a_refusal_is_remembered_and_media_stays_as_it_was(world: World, ann: LegId) -> None:
    before = world.media.plans[ann]
    world.bridge.on_small_enough(ann, True)
    world.bridge.on_offer_failed(ann, 488)
    for small in (False, True, False, True):
        wait(world, 30)
        world.bridge.on_small_enough(ann, small)
    assert offers(world, ann) == 1
    assert world.media.plans[ann] == before
    assert shown(world) == (False, 1, 1)
    world.bridge.on_offer(ann, described(video=True, version=2))
    assert said(world, ann).bandwidth("TIAS") == 2_000_000


def test_a_peer_that_would_see_less_gets_everything_back(world: World) -> None:
    leg = world.invite("ann", offer=asymmetric(1))
    world.open(leg)
    world.bridge.on_connected(leg)
    world.bridge.on_small_enough(leg, True)
    echo = asymmetric(2)
    echo = SessionDescription.parse(str(echo).replace("RTP/AVP 97\r\n", "RTP/AVP 97\r\nb=TIAS:700000\r\n"))
    world.bridge.on_answer(leg, echo)
    wait(world, 4)
    assert offers(world, leg) == 2
    assert said(world, leg).bandwidth("TIAS") == 2_000_000
    world.bridge.on_answer(leg, asymmetric(3))
    wait(world, 60)
    assert offers(world, leg) == 2


def test_nothing_is_asked_while_something_else_is_negotiated(world: World, ann: LegId) -> None:
    assert world.bridge.renegotiate(ann)
    world.bridge.on_small_enough(ann, True)
    wait(world, 5)
    assert offers(world, ann) == 1
    world.bridge.on_answer(ann, described(video=True, version=2))
    wait(world, 1)
    assert offers(world, ann) == 2


def test_who_holds_is_asked_when_the_picture_is_back(world: World, ann: LegId) -> None:
    world.bridge.on_offer(ann, described(video=True, direction="inactive", version=2))
    world.bridge.on_small_enough(ann, True)
    wait(world, 30)
    assert offers(world, ann) == 0
    world.bridge.on_offer(ann, described(video=True, version=3))
    assert said(world, ann).bandwidth("TIAS") == SMALL.bitrate_bps, (
        "our answer says it: no question is needed"
    )
    wait(world, 30)
    assert offers(world, ann) == 0


def test_hold_and_resume_keep_what_was_asked(world: World, ann: LegId) -> None:
    world.bridge.on_small_enough(ann, True)
    world.bridge.on_answer(ann, described(video=True, version=2))
    for version, direction in ((3, "sendonly"), (4, "sendrecv")):
        world.bridge.on_offer(ann, described(video=True, direction=direction, version=version))
        assert said(world, ann).bandwidth("TIAS") == SMALL.bitrate_bps
    assert [plan.sending for plan in world.media.plans[ann]] == [True, True]
    wait(world, 30)
    assert offers(world, ann) == 1


def test_codecs_ports_and_keys_stay(world: World, ann: LegId) -> None:
    before = world.signalling.descriptions[ann]
    world.bridge.on_small_enough(ann, True)
    after = world.signalling.descriptions[ann]
    assert [line.port for line in after.media] == [line.port for line in before.media]
    assert [rtpmap.encoding for rtpmap in after.media[0].rtpmaps.values()] == ["PCMU", "telephone-event"]
    assert {rtpmap.encoding for rtpmap in after.media[1].rtpmaps.values()} == {"H264"}
    assert after.origin.version == before.origin.version + 1


def test_after_a_lost_worker_all_is_asked_for_anew(world: World, ann: LegId) -> None:
    world.bridge.on_small_enough(ann, True)
    world.bridge.on_answer(ann, described(video=True, version=2))
    world.fail(ann)
    wait(world, 1)
    world.open(ann)
    assert said(world, ann).bandwidth("TIAS") == 2_000_000
    world.bridge.on_answer(ann, described(video=True, version=3))
    wait(world, 30)
    assert shown(world) == (False, 1, 0)


def test_who_sends_no_picture_is_not_asked(world: World) -> None:
    leg = world.join("ann")
    world.bridge.on_small_enough(leg, True)
    wait(world, 10)
    assert offers(world, leg) == 0


def test_a_leg_that_is_not_connected_yet_is_asked_when_it_is(world: World) -> None:
    leg = world.invite("ann", offer=described(video=True))
    world.open(leg)
    assert MediaKind.VIDEO in [plan.kind for plan in world.media.plans[leg]]
    world.bridge.on_small_enough(leg, True)
    assert offers(world, leg) == 0
    world.bridge.on_connected(leg)
    wait(world, 1)
    assert offers(world, leg) == 1


def test_an_answer_that_leaves_nothing_is_a_refusal(world: World, ann: LegId) -> None:
    before = world.media.plans[ann]
    world.bridge.on_small_enough(ann, True)
    world.bridge.on_answer(ann, described(audio=False, version=2))
    wait(world, 30)
    assert world.media.plans[ann] == before
    assert shown(world) == (False, 1, 1)
