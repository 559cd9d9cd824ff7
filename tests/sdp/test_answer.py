"""Answers to offers as real endpoints make them."""

from dataclasses import dataclass, replace

import pytest

from cms_media.base.types import MediaKind, SocketAddress
from cms_media.codecs.table import Codec
from cms_media.sdp.attributes import Bandwidth
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.negotiation import Capabilities, Encryption, NothingInCommon, answer, needed
from cms_media.sdp.plan import Feedback, PayloadFormat, SrtpSuite, VideoLimits
from tests.sdp.legs import AUDIO, VIDEO, local, offer_of

FULL_HD = VideoLimits(frame_size_mb=8160, macroblocks_per_s=244_800, bitrate_bps=6_000_000)
CAPABILITIES = Capabilities()
NO_FEEDBACK: frozenset[Feedback] = frozenset()


@dataclass(frozen=True, slots=True)
class AudioCase:
    """An endpoint's offer and what becomes of its audio."""

    endpoint: str
    codec: Codec
    payload_type: int
    event: int | None
    event_clock_hz: int
    suite: SrtpSuite | None
    packet_time_ms: int = 20


@pytest.mark.parametrize(
    "case",
    [
        AudioCase("baresip", Codec.OPUS, 96, 101, 8000, None),
        AudioCase("cisco_room", Codec.G722, 9, 101, 8000, SrtpSuite.AES_CM_128_HMAC_SHA1_80),
        AudioCase("polycom", Codec.G722, 9, 127, 8000, None),
        AudioCase("linphone", Codec.OPUS, 96, 101, 48000, None),
        AudioCase("desk_phone", Codec.PCMA, 8, 101, 8000, SrtpSuite.AES_CM_128_HMAC_SHA1_32, 40),
        AudioCase("soft_phone_best_effort", Codec.PCMA, 8, 101, 8000, SrtpSuite.AEAD_AES_256_GCM),
        AudioCase("one_line_no_end", Codec.PCMU, 0, None, 8000, None),
    ],
    ids=lambda case: case.endpoint,
)
def test_audio(case: AudioCase) -> None:
    offered = offer_of(case.endpoint)
    if offered.connection is None:
        offered = SessionDescription.parse("c=IN IP4 192.0.2.1\n" + str(offered))
    plan = answer(offered, CAPABILITIES, local()).plans[0]
    assert plan is not None
    assert plan.send == PayloadFormat(case.codec, case.payload_type)
    assert plan.receive == (plan.send,)
    assert (plan.telephone_event_send, plan.telephone_event_clock_hz) == (case.event, case.event_clock_hz)
    assert plan.telephone_event_receive == (() if case.event is None else (case.event,))
    assert (plan.srtp_send.suite if plan.srtp_send else None) == case.suite
    assert (plan.srtp_receive.suite if plan.srtp_receive else None) == case.suite
    assert plan.packet_time_ms == case.packet_time_ms
    assert (plan.index, plan.kind, plan.sending, plan.receiving) == (0, MediaKind.AUDIO, True, True)


@dataclass(frozen=True, slots=True)
class VideoCase:
    """An endpoint's offer and what becomes of its main video."""

    endpoint: str
    send: PayloadFormat
    answered_level: int
    limits: VideoLimits
    feedback: frozenset[Feedback]


@pytest.mark.parametrize(
    "case",
    [
        VideoCase(
            "baresip",
            PayloadFormat(Codec.H264, 98, 1, 0x42001F),
            0x1F,
            VideoLimits(3600, 108_000, 512_000),
            frozenset({Feedback.PLI}),
        ),
        VideoCase(
            "cisco_room",
            PayloadFormat(Codec.H264, 126, 1, 0x428016),
            0x16,
            VideoLimits(8160, 244_800, 5_000_000),
            frozenset({Feedback.PLI, Feedback.FIR, Feedback.TMMBR}),
        ),
        VideoCase(
            "polycom",
            PayloadFormat(Codec.H264, 110, 1, 0x42800D),
            0x0D,
            VideoLimits(3600, 108_000, 768_000),
            frozenset({Feedback.FIR, Feedback.TMMBR}),
        ),
        VideoCase(
            "linphone",
            PayloadFormat(Codec.H264, 97, 0, 0x42801F),
            0x1F,
            VideoLimits(3600, 108_000, 6_000_000),
            frozenset({Feedback.PLI, Feedback.FIR, Feedback.TMMBR}),
        ),
    ],
    ids=lambda case: case.endpoint,
)
def test_video(case: VideoCase) -> None:
    capabilities = replace(CAPABILITIES, video_send=FULL_HD, video_receive=FULL_HD)
    answered = answer(offer_of(case.endpoint), capabilities, local())
    plan = answered.plans[1]
    assert plan is not None
    assert (plan.index, plan.send, plan.limits, plan.feedback) == (1, case.send, case.limits, case.feedback)
    assert plan.receive[0].profile_level_id & 0xFF == case.answered_level
    line = answered.description.media[1]
    assert line.payload_types == (case.send.payload_type,)
    parameters = line.fmtps[case.send.payload_type].parameters
    assert int(parameters["profile-level-id"], 16) == plan.receive[0].profile_level_id
    assert parameters["packetization-mode"] == str(case.send.packetization_mode)
    assert line.feedback(case.send.payload_type) == {kind.value for kind in case.feedback}
    assert (line.bandwidth("TIAS"), line.bandwidth("AS")) == (6_000_000, 6316)


def test_a_cisco_room_line_by_line() -> None:
    answered = answer(offer_of("cisco_room"), CAPABILITIES, local())
    assert needed(offer_of("cisco_room"), CAPABILITIES) == (
        MediaKind.AUDIO,
        MediaKind.VIDEO,
        None,
        None,
        None,
    )
    heads = [line.lines()[0] for line in answered.description.media]
    assert heads == [
        "m=audio 40000 RTP/SAVP 9 101",
        "m=video 40002 RTP/SAVP 126",
        "m=application 0 UDP/BFCP *",
        "m=video 0 RTP/SAVP 97",
        "m=application 0 RTP/SAVP 100",
    ]
    assert [plan is not None for plan in answered.plans] == [True, True, False, False, False]
    assert answered.description.media[0].cryptos[0].tag == 0
    assert answered.description.media[1].content == "main"
    # Level 2.2 is all that we may state without asymmetry; the rest goes into max- parameters.
    parameters = answered.description.media[1].fmtps[126].parameters
    assert (parameters["max-fs"], parameters["max-mbps"]) == ("3600", "108000")
    assert "level-asymmetry-allowed" not in parameters


def test_keys_go_each_its_own_way() -> None:
    answered = answer(offer_of("desk_phone"), CAPABILITIES, local())
    plan = answered.plans[0]
    assert plan is not None
    assert plan.srtp_receive is not None
    assert plan.srtp_receive.key_and_salt == bytes([*range(29), 0x1D])
    assert plan.srtp_send is not None
    assert plan.srtp_send.key_and_salt == b"\x01" * 30
    assert answered.description.media[1].port == 0


@pytest.mark.parametrize(
    ("policy", "secured"), [(Encryption.ALLOWED, True), (Encryption.REQUIRED, True), (Encryption.OFF, False)]
)
def test_best_effort_encryption(policy: Encryption, secured: bool) -> None:
    answered = answer(offer_of("soft_phone_best_effort"), replace(CAPABILITIES, encryption=policy), local())
    plan = answered.plans[0]
    assert plan is not None
    assert (plan.srtp_send is not None) == secured
    assert bool(answered.description.media[0].cryptos) == secured


def test_best_effort_switched_off_leaves_plain_rtp() -> None:
    capabilities = replace(CAPABILITIES, best_effort_srtp=False)
    plan = answer(offer_of("soft_phone_best_effort"), capabilities, local()).plans[0]
    assert plan is not None
    assert plan.srtp_send is None
    with pytest.raises(NothingInCommon):
        answer(
            offer_of("soft_phone_best_effort"),
            replace(capabilities, encryption=Encryption.REQUIRED),
            local(),
        )


def test_encryption_off_takes_the_plain_one_of_two_lines() -> None:
    answered = answer(offer_of("desk_phone"), replace(CAPABILITIES, encryption=Encryption.OFF), local())
    assert [line.port for line in answered.description.media] == [0, 40_000]
    assert answered.plans[0] is None
    assert answered.plans[1] is not None


@pytest.mark.parametrize(
    ("endpoint", "capabilities"),
    [
        ("browser", CAPABILITIES),
        ("baresip", replace(CAPABILITIES, encryption=Encryption.REQUIRED)),
        ("cisco_room", replace(CAPABILITIES, encryption=Encryption.OFF)),
        ("baresip", replace(CAPABILITIES, audio_codecs=(), video_codecs=())),
        ("broken_values", CAPABILITIES),
    ],
)
def test_nothing_in_common(endpoint: str, capabilities: Capabilities) -> None:
    assert not any(needed(offer_of(endpoint), capabilities))
    with pytest.raises(NothingInCommon):
        answer(offer_of(endpoint), capabilities, local())


def test_our_order_of_codecs_counts() -> None:
    capabilities = replace(
        CAPABILITIES, audio_codecs=(Codec.PCMU, Codec.OPUS), video_codecs=(Codec.VP8, Codec.H264)
    )
    audio, video = answer(offer_of("baresip"), capabilities, local()).plans
    assert audio is not None
    assert video is not None
    assert (audio.send.codec, video.send.codec) == (Codec.PCMU, Codec.VP8)
    assert video.limits == VideoLimits(3600, 108_000, 512_000)


def test_no_video_codec_declines_video_alone() -> None:
    answered = answer(offer_of("baresip"), replace(CAPABILITIES, video_codecs=()), local(AUDIO))
    assert answered.plans[1] is None
    assert str(answered.description).count("m=video 0 RTP/AVP 97 98 99\r\n") == 1
    assert answered.description.bandwidths == ()


def test_a_transport_that_could_not_be_opened_declines_its_line() -> None:
    answered = answer(offer_of("baresip"), CAPABILITIES, local(VIDEO))
    assert answered.plans[0] is None
    assert answered.plans[1] is not None
    assert answered.plans[1].index == 0


def test_ipv6_with_its_own_rtcp_address_and_limits() -> None:
    answered = answer(offer_of("ipv6"), CAPABILITIES, local(address="2001:db8::1"))
    audio, video = answered.plans
    assert audio is not None
    assert video is not None
    assert audio.remote_rtp == SocketAddress("2001:db8::5", 6000)
    assert audio.remote_rtcp == SocketAddress("2001:db8::6", 7000)
    assert video.remote_rtcp == SocketAddress("2001:db8::5", 6003)
    assert (video.sending, video.receiving) == (True, False)
    assert video.limits == VideoLimits(1200, 18_000, 2_000_000)
    assert "c=IN IP6 2001:db8::1\r\n" in str(answered.description)
    assert "a=sendonly\r\n" in str(answered.description)


def test_the_other_address_family_cannot_be_reached() -> None:
    with pytest.raises(NothingInCommon):
        answer(offer_of("ipv6"), CAPABILITIES, local())


@pytest.mark.parametrize(
    ("change", "sending", "receiving", "said"),
    [
        ("a=sendrecv", True, True, "sendrecv"),
        ("a=sendonly", False, True, "recvonly"),
        ("a=recvonly", True, False, "sendonly"),
        ("a=inactive", False, False, "inactive"),
        ("c=IN IP4 0.0.0.0", False, True, "recvonly"),
        ("b=AS:0", False, True, "recvonly"),
    ],
)
def test_hold_and_resume(change: str, sending: bool, receiving: bool, said: str) -> None:
    offered = SessionDescription.parse(f"c=IN IP4 192.0.2.1\nm=audio 6000 RTP/AVP 0\n{change}\n")
    answered = answer(offered, CAPABILITIES, local())
    plan = answered.plans[0]
    assert plan is not None
    assert (plan.sending, plan.receiving) == (sending, receiving)
    direction = answered.description.media[0].direction
    assert direction is not None
    assert direction.value == said


def test_hold_in_the_old_way_keeps_the_stream() -> None:
    plan = answer(offer_of("old_hold"), CAPABILITIES, local()).plans[0]
    assert plan is not None
    assert not plan.sending
    assert plan.remote_rtp.host == "0.0.0.0"


def test_session_and_line_bandwidths_bound_video() -> None:
    offered = offer_of("baresip")
    for type_, value, expected in (("AS", 300, 285_000 - 64_000), ("CT", 128, 64_000), ("TIAS", 0, 512_000)):
        limited = replace(offered, bandwidths=(Bandwidth(type_, value),))
        plan = answer(limited, CAPABILITIES, local()).plans[1]
        assert plan is not None
        assert plan.limits.bitrate_bps == expected


def test_opus_parameters_are_the_peers_wishes() -> None:
    plan = answer(offer_of("baresip"), CAPABILITIES, local()).plans[0]
    assert plan is not None
    assert (plan.opus_fec, plan.opus_dtx, plan.opus_max_bitrate_bps) == (False, False, 28_000)
    plan = answer(offer_of("linphone"), CAPABILITIES, local()).plans[0]
    assert plan is not None
    assert (plan.opus_fec, plan.opus_max_bitrate_bps) == (True, 510_000)


def test_mux_is_answered_when_offered() -> None:
    answered = answer(offer_of("soft_phone_best_effort"), CAPABILITIES, local())
    assert answered.description.media[0].rtcp_mux
    assert answered.plans[0] is not None
    assert answered.plans[0].remote_rtcp == SocketAddress("192.0.2.60", 5004)
    without = answer(offer_of("soft_phone_best_effort"), replace(CAPABILITIES, rtcp_mux=False), local())
    assert not without.description.media[0].rtcp_mux


def test_version_goes_up_only_with_a_change() -> None:
    offered = offer_of("desk_phone")
    first = answer(offered, CAPABILITIES, local()).description
    again = answer(offered, CAPABILITIES, local(previous=first, remote=offered)).description
    assert again == first
    held = replace(offered, connection=replace(offered.connection, address="0.0.0.0"))  # type: ignore[type-var]
    third = answer(held, CAPABILITIES, local(previous=again, remote=offered)).description
    assert (first.origin.version, third.origin.version) == (1000, 1001)
    # The key stays: only the direction changed.
    assert third.media[0].cryptos == first.media[0].cryptos


def test_video_added_and_dropped_later_keeps_audio_on_its_transport() -> None:
    both = offer_of("baresip")
    audio_only = replace(both, media=both.media[:1])
    first = answer(audio_only, CAPABILITIES, local(AUDIO))
    second = answer(both, CAPABILITIES, local(previous=first.description))
    assert [plan.index for plan in second.plans if plan] == [0, 1]
    dropped = replace(both, media=(replace(both.media[0], port=0), both.media[1]))
    third = answer(dropped, CAPABILITIES, local(previous=second.description))
    assert third.plans[0] is None
    assert third.plans[1] is not None
    assert third.plans[1].index == 1


def test_closing_every_line_of_a_session_is_answered_in_kind() -> None:
    both = offer_of("baresip")
    closed = replace(both, media=tuple(replace(line, port=0) for line in both.media))
    with pytest.raises(NothingInCommon):
        answer(closed, CAPABILITIES, local())
    first = answer(both, CAPABILITIES, local()).description
    answered = answer(closed, CAPABILITIES, local(previous=first))
    assert [line.port for line in answered.description.media] == [0, 0]
    assert answered.plans == (None, None)
