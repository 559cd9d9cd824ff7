"""Our offers, and what answers make of them."""

from dataclasses import replace

import pytest

from cms_media.base.types import SocketAddress
from cms_media.codecs.table import Codec
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.negotiation import (
    Capabilities,
    Encryption,
    NothingInCommon,
    answer,
    apply_answer,
    offer,
)
from cms_media.sdp.plan import Feedback, PayloadFormat, SrtpSuite, VideoLimits
from tests.sdp.legs import AUDIO, VIDEO, Ports, local, offer_of

CAPABILITIES = Capabilities()
PLAIN = Capabilities(encryption=Encryption.OFF)


def test_what_we_offer() -> None:
    made = offer(PLAIN, local())
    assert [line.lines()[0] for line in made.media] == [
        "m=audio 40000 RTP/AVP 107 9 8 0 101 110",
        "m=video 40002 RTP/AVP 97 99 100",
    ]
    modes = [made.media[1].fmtps[number].parameters.get("packetization-mode") for number in (97, 99)]
    assert modes == ["1", "0"]
    assert "max-fs=3600" in str(made)
    assert "a=crypto" not in str(made)
    assert made.media[1].feedback(100) == {kind.value for kind in Feedback}


@pytest.mark.parametrize(
    ("capabilities", "protocol", "cryptos"),
    [
        (CAPABILITIES, "RTP/AVP", 4),
        (replace(CAPABILITIES, best_effort_srtp=False), "RTP/AVP", 0),
        (PLAIN, "RTP/AVP", 0),
        (replace(CAPABILITIES, encryption=Encryption.REQUIRED, best_effort_srtp=False), "RTP/SAVP", 4),
    ],
)
def test_encryption_policy_in_offers(capabilities: Capabilities, protocol: str, cryptos: int) -> None:
    line = offer(capabilities, local()).media[0]
    assert (line.protocol, len(line.cryptos)) == (protocol, cryptos)
    assert len({crypto.key_params for crypto in line.cryptos}) == cryptos


def test_only_kinds_with_a_transport_are_offered() -> None:
    assert [line.media for line in offer(PLAIN, local(VIDEO)).media] == ["video"]
    with pytest.raises(NothingInCommon):
        offer(PLAIN, replace(local(), transports=()))


def test_an_rtcp_port_that_nobody_would_guess_is_said() -> None:
    made = offer(PLAIN, local(replace(AUDIO, rtcp_port=41_000)))
    assert made.media[0].rtcp is not None
    assert made.media[0].rtcp.port == 41_000


def _answered(text: str) -> SessionDescription:
    return SessionDescription.parse(f"c=IN IP4 192.0.2.9\n{text}")


def test_a_plain_answer() -> None:
    mine = local()
    made = offer(CAPABILITIES, mine)
    answered = _answered(
        "m=audio 5000 RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000\na=ptime:60\nm=video 0 RTP/AVP 97\n"
    )
    audio, video = apply_answer(made, answered, CAPABILITIES, mine)
    assert video is None
    assert audio is not None
    assert audio.send == PayloadFormat(Codec.PCMA, 8)
    assert audio.receive == (PayloadFormat(Codec.PCMA, 8),)
    assert audio.remote_rtcp == SocketAddress("192.0.2.9", 5001)
    assert (audio.telephone_event_send, audio.telephone_event_receive) == (101, (101, 110))
    assert (audio.srtp_send, audio.packet_time_ms, audio.rtcp_mux) == (None, 60, False)


def test_a_secured_answer_names_one_of_our_keys() -> None:
    mine = local()
    made = offer(CAPABILITIES, mine)
    answered = _answered(
        "m=audio 5000 RTP/SAVP 0\n"
        "a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd\n"
    )
    plan = apply_answer(made, answered, CAPABILITIES, mine)[0]
    assert plan is not None
    assert plan.srtp_send is not None
    assert plan.srtp_send.key_and_salt == b"\x03" * 30
    assert plan.srtp_receive is not None
    assert plan.srtp_receive.suite is SrtpSuite.AES_CM_128_HMAC_SHA1_80


@pytest.mark.parametrize(
    "text",
    [
        "",
        "m=audio 0 RTP/AVP 0\n",
        "m=audio 5000 RTP/AVP 18\n",
        "m=video 5000 RTP/AVP 97\na=rtpmap:97 H264/90000\n",
        "m=audio 5000 RTP/SAVP 0\n",
        "m=audio 5000 RTP/SAVP 0\n"
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd\n",
        "m=audio 5000 RTP/AVP 0\nc=IN IP6 2001:db8::9\n",
        "m=audio 5000 RTP/AVP 0\nc=IN IP4 phone.example.com\n",
        "m=audio 5000 RTP/AVP 0\nc=IN IP4 239.1.1.1\n",
    ],
)
def test_answers_that_leave_nothing(text: str) -> None:
    mine = local(AUDIO)
    with pytest.raises(NothingInCommon):
        apply_answer(offer(CAPABILITIES, mine), _answered(text), CAPABILITIES, mine)


def test_required_encryption_refuses_a_plain_answer() -> None:
    capabilities = replace(CAPABILITIES, encryption=Encryption.REQUIRED)
    mine = local(AUDIO)
    with pytest.raises(NothingInCommon):
        apply_answer(offer(capabilities, mine), _answered("m=audio 5000 RTP/AVP 0\n"), capabilities, mine)


def test_the_answers_first_video_codec_is_sent_and_all_its_codecs_may_come() -> None:
    mine = local(VIDEO)
    made = offer(PLAIN, mine)
    answered = _answered(
        "m=video 5000 RTP/AVP 120 99 50\nb=TIAS:700000\n"
        "a=rtpmap:120 VP8/90000\na=fmtp:120 max-fs=396;max-fr=30\n"
        "a=rtpmap:99 H264/90000\na=fmtp:99 profile-level-id=42e00d\na=rtcp-fb:* nack\n"
    )
    plan = apply_answer(made, answered, PLAIN, mine)[0]
    assert plan is not None
    assert plan.send == PayloadFormat(Codec.VP8, 120)
    assert {item.payload_type for item in plan.receive} == {97, 99, 100}
    assert plan.limits == VideoLimits(396, 11_880, 700_000)
    assert plan.feedback == {Feedback.NACK}


def test_a_peer_that_holds_us_in_its_answer() -> None:
    mine = local(AUDIO)
    plan = apply_answer(offer(PLAIN, mine), _answered("m=audio 5000 RTP/AVP 0\na=sendonly\n"), PLAIN, mine)[0]
    assert plan is not None
    assert (plan.sending, plan.receiving) == (False, True)


def test_offering_again_changes_nothing_unless_something_changed() -> None:
    first = offer(CAPABILITIES, local())
    assert offer(CAPABILITIES, local(previous=first)) == first
    moved = local(AUDIO, Ports(VIDEO.kind, 41_002, 41_003), previous=first)
    second = offer(CAPABILITIES, moved)
    assert second.origin.version == first.origin.version + 1
    assert second.media[1].cryptos == first.media[1].cryptos


def test_our_offer_after_their_offer_keeps_its_lines_numbers_and_keys() -> None:
    theirs = offer_of("cisco_room")
    answered = answer(theirs, CAPABILITIES, local()).description
    made = offer(CAPABILITIES, local(previous=answered, remote=theirs))
    assert [(line.media, bool(line.port), line.protocol) for line in made.media] == [
        ("audio", True, "RTP/SAVP"),
        ("video", True, "RTP/SAVP"),
        ("application", False, "UDP/BFCP"),
        ("video", False, "RTP/SAVP"),
        ("application", False, "RTP/SAVP"),
    ]
    assert made.media[0].cryptos == answered.media[0].cryptos
    assert made.media[1].content == "main"
    meant = {**theirs.media[1].rtpmaps, **answered.media[1].rtpmaps}
    for number, rtpmap in made.media[1].rtpmaps.items():
        assert number not in meant or meant[number].encoding == rtpmap.encoding
    assert made.media[1].fmtps[126].parameters["packetization-mode"] == "1"
    assert made.media[1].fmtps[97].parameters["packetization-mode"] == "0"


def test_video_is_added_to_an_audio_call_as_a_further_line() -> None:
    theirs = offer_of("old_hold")
    answered = answer(theirs, PLAIN, local(AUDIO)).description
    made = offer(PLAIN, local(previous=answered, remote=theirs))
    assert [line.media for line in made.media] == ["audio", "video"]


def test_a_line_that_was_closed_stays_closed() -> None:
    theirs = offer_of("baresip")
    closed = replace(theirs, media=(theirs.media[0], replace(theirs.media[1], port=0)))
    answered = answer(closed, PLAIN, local()).description
    made = offer(PLAIN, local(previous=answered, remote=closed))
    assert [bool(line.port) for line in made.media] == [True, False]
