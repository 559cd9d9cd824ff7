"""What a peer is told of which a small picture is enough."""

from dataclasses import replace

import pytest

from cms_media.codecs.table import Codec
from cms_media.sdp.capabilities import Capabilities, Encryption
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.negotiation import answer, apply_answer, offer
from cms_media.sdp.plan import Feedback, StreamPlan, VideoLimits
from cms_media.sdp.small import SMALL, for_small, of_agreed, sees_less
from tests.sdp.legs import local, offer_of

OURS = Capabilities(encryption=Encryption.OFF)


def allowing_asymmetry(endpoint: str) -> SessionDescription:
    """The endpoint's offer, had it said that each direction may have its own level."""
    text = str(offer_of(endpoint))
    return SessionDescription.parse(
        text.replace("profile-level-id", "level-asymmetry-allowed=1;profile-level-id")
    )


def plans_of(described: tuple[StreamPlan | None, ...]) -> list[StreamPlan]:
    return [plan for plan in described if plan is not None]


def test_a_peer_with_a_level_for_each_direction_is_told_a_lower_one() -> None:
    less = for_small(OURS, allowing_asymmetry("baresip"))
    fmtp, vp8 = (offer(less, local()).media[1].fmtps[number].parameters for number in (97, 100))
    assert fmtp["profile-level-id"] == "42e015", "level 2.1: at most 792 macroblocks for who knows no max-fs"
    assert (fmtp["max-fs"], fmtp["max-mbps"]) == ("920", "27600")
    assert (vp8["max-fs"], vp8["max-fr"]) == ("920", "30")
    assert offer(less, local()).media[1].bandwidth("TIAS") == SMALL.bitrate_bps
    assert offer(less, local()).media[1].bandwidth("AS") == 737


def test_the_level_of_both_directions_stays() -> None:
    less = for_small(OURS, offer_of("baresip"))
    made, full = offer(less, local()).media[1], offer(OURS, local()).media[1]
    assert made.fmtps == full.fmtps
    assert (made.bandwidth("TIAS"), full.bandwidth("TIAS")) == (700_000, 2_000_000)


def test_what_is_small_already_does_not_grow() -> None:
    cif = VideoLimits(396, 11_880, 300_000)
    assert for_small(replace(OURS, video_receive=cif), None).video_receive == cif


def test_an_answer_says_it_too_and_promises_the_peer_no_less() -> None:
    theirs = allowing_asymmetry("baresip")
    full, less = (answer(theirs, ours, local()) for ours in (OURS, for_small(OURS, theirs)))
    assert "42001f" in str(full.description)
    assert "420015" in str(less.description)
    assert [plan.limits for plan in plans_of(less.plans)] == [plan.limits for plan in plans_of(full.plans)]


def test_the_offer_changes_nothing_but_what_we_take() -> None:
    theirs = allowing_asymmetry("baresip")
    answered = answer(theirs, OURS, local())
    plans = plans_of(answered.plans)
    ours = for_small(of_agreed(OURS, plans), theirs)
    made = offer(ours, local(previous=answered.description, remote=theirs))
    (before, after) = (described.media[1] for described in (answered.description, made))
    assert made.media[0].formats == ("96", "101", "110"), (
        "events at 8000 Hz as agreed, and at the codec's clock"
    )
    assert {rtpmap.encoding for rtpmap in after.rtpmaps.values()} == {"H264"}
    assert after.port == before.port
    assert after.fmtps[98].parameters["profile-level-id"] == "42e015"
    assert after.feedback(98) == before.feedback(98) == {Feedback.PLI.value}
    agreed = apply_answer(made, theirs, ours, local(previous=made, remote=theirs))
    assert not sees_less(plans, plans_of(agreed))


def test_codecs_in_use_alone_are_offered_again() -> None:
    plans = plans_of(answer(offer_of("baresip"), OURS, local()).plans)
    assert of_agreed(OURS, plans).audio_codecs == (Codec.OPUS,)
    assert of_agreed(OURS, plans).video_codecs == (Codec.H264,)
    assert of_agreed(OURS, plans[:1]).video_codecs == OURS.video_codecs


@pytest.mark.parametrize(
    ("limits", "less"),
    [
        (VideoLimits(3600, 108_000, 2_000_000), False),
        (VideoLimits(3600, 108_000, 3_000_000), False),
        (VideoLimits(1620, 108_000, 2_000_000), True),
        (VideoLimits(3600, 40_500, 2_000_000), True),
        (VideoLimits(3600, 108_000, 700_000), True),
    ],
)
def test_who_is_shown_less_than_before(limits: VideoLimits, less: bool) -> None:
    before = plans_of(answer(allowing_asymmetry("cisco_room"), Capabilities(), local()).plans)
    before = [replace(plan, limits=VideoLimits()) for plan in before]
    after = [replace(plan, limits=limits) for plan in before]
    assert sees_less(before, after) is less


def test_no_picture_any_more_is_less_and_none_before_is_not() -> None:
    both = plans_of(answer(offer_of("baresip"), OURS, local()).plans)
    assert sees_less(both, both[:1])
    assert sees_less(both, [both[0], replace(both[1], sending=False)])
    assert not sees_less(both[:1], both)
    assert not sees_less((), both)
