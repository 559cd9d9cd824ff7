"""Who tells whom how loud packets of audio are, in offers and answers."""

from dataclasses import replace

import pytest

from cms_media.sdp.attributes import Direction, Extmap
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.level import LEVEL_URI
from cms_media.sdp.negotiation import Capabilities, Encryption, answer, apply_answer, offer
from tests.sdp.legs import AUDIO, local

BRIDGE = Capabilities(video_codecs=(), encryption=Encryption.OFF)
CLIENT = replace(BRIDGE, mixes=False)


def _offer_with(*lines: str) -> SessionDescription:
    attributes = "".join(f"a={line}\n" for line in lines)
    return SessionDescription.parse(f"c=IN IP4 192.0.2.9\nm=audio 5000 RTP/AVP 0\n{attributes}")


@pytest.mark.parametrize(
    ("line", "bridge", "client"),
    [
        (f"extmap:4 {LEVEL_URI}", 4, 4),
        (f"extmap:14 {LEVEL_URI} vad=on", 14, 14),
        (f"extmap:4/sendonly {LEVEL_URI}", 4, None),
        (f"extmap:4/recvonly {LEVEL_URI}", None, 4),
        (f"extmap:4/inactive {LEVEL_URI}", None, None),
        (f"extmap:15 {LEVEL_URI}", None, None),
        (f"extmap:0 {LEVEL_URI}", None, None),
        (f"extmap:4/both {LEVEL_URI}", None, None),
        ("extmap:4 urn:ietf:params:rtp-hdrext:toffset", None, None),
        ("extmap:", None, None),
        ("extmap:4", None, None),
    ],
)
def test_what_an_offer_becomes(line: str, bridge: int | None, client: int | None) -> None:
    for capabilities, expected in ((BRIDGE, bridge), (CLIENT, client)):
        answered = answer(_offer_with(line), capabilities, local(AUDIO))
        plan = answered.plans[0]
        assert plan is not None
        ids = (plan.level_receive_id, plan.level_send_id)
        assert ids == ((expected, None) if capabilities.mixes else (None, expected))
        own = Direction.RECVONLY if capabilities.mixes else Direction.SENDONLY
        extmaps = () if expected is None else (Extmap(expected, LEVEL_URI, own),)
        assert answered.description.media[0].extmaps == extmaps


def test_a_client_tells_a_bridge_whoever_calls() -> None:
    for caller, called in ((CLIENT, BRIDGE), (BRIDGE, CLIENT)):
        mine = local(AUDIO)
        made = offer(caller, mine)
        answered = answer(made, called, local(AUDIO, address="198.51.100.2"))
        (ours,) = apply_answer(made, answered.description, caller, mine)
        (theirs,) = answered.plans
        assert ours is not None
        assert theirs is not None
        ends = (ours, theirs) if caller.mixes else (theirs, ours)
        assert (ends[0].level_receive_id, ends[0].level_send_id) == (1, None)
        assert (ends[1].level_receive_id, ends[1].level_send_id) == (None, 1)


def test_two_bridges_tell_each_other_nothing() -> None:
    mine = local(AUDIO)
    made = offer(BRIDGE, mine)
    answered = answer(made, BRIDGE, local(AUDIO, address="198.51.100.2"))
    (ours,) = apply_answer(made, answered.description, BRIDGE, mine)
    assert ours is not None
    assert ours.level_receive_id is None
    assert answered.description.media[0].extmaps == ()


def test_a_later_offer_keeps_the_id_of_the_first() -> None:
    first = answer(_offer_with(f"extmap:9 {LEVEL_URI}"), BRIDGE, local(AUDIO)).description
    again = offer(BRIDGE, local(AUDIO, previous=first))
    assert again.media[0].extmaps == (Extmap(9, LEVEL_URI, Direction.RECVONLY),)
