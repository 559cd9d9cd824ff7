"""Both ends of any negotiation between two of us come to the same: offer -> answer -> apply_answer."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cms_media.base.types import MediaKind
from cms_media.codecs.table import CODECS, Codec
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.negotiation import (
    Capabilities,
    Encryption,
    LocalMedia,
    NothingInCommon,
    answer,
    apply_answer,
    offer,
)
from cms_media.sdp.plan import Feedback, SrtpSuite, StreamPlan, VideoLimits
from tests.sdp.legs import Ports, local

_AUDIO = [codec for codec in Codec if CODECS[codec].kind is MediaKind.AUDIO]
_VIDEO = [codec for codec in Codec if CODECS[codec].kind is MediaKind.VIDEO]


def _some(values: list[Codec]) -> st.SearchStrategy[tuple[Codec, ...]]:
    return st.lists(st.sampled_from(values), unique=True).map(tuple)


_LIMITS = st.builds(
    VideoLimits,
    frame_size_mb=st.integers(99, 8160),
    macroblocks_per_s=st.integers(1485, 489_600),
    bitrate_bps=st.integers(64_000, 8_000_000),
)
_CAPABILITIES = st.builds(
    Capabilities,
    audio_codecs=_some(_AUDIO),
    video_codecs=_some(_VIDEO),
    video_receive=_LIMITS,
    video_send=_LIMITS,
    encryption=st.sampled_from(Encryption),
    best_effort_srtp=st.booleans(),
    srtp_suites=st.lists(st.sampled_from(SrtpSuite), unique=True).map(tuple),
    feedback=st.frozensets(st.sampled_from(Feedback)),
    rtcp_mux=st.booleans(),
)
_PORTS = st.integers(1024, 65_534)
_TRANSPORTS = st.builds(
    lambda audio, video, swapped: (video, audio) if swapped else (audio, video),
    st.builds(Ports, st.just(MediaKind.AUDIO), _PORTS, _PORTS),
    st.builds(Ports, st.just(MediaKind.VIDEO), _PORTS, _PORTS),
    st.booleans(),
)


def _port(side: LocalMedia, plan: StreamPlan) -> tuple[str, int, int]:
    transport = side.transports[plan.index]
    assert transport.kind is plan.kind
    return side.address, transport.rtp_port, transport.rtp_port if plan.rtcp_mux else transport.rtcp_port


def _reaches(plan: StreamPlan, other: StreamPlan, other_side: LocalMedia) -> bool:
    """What one end sends goes where the other listens, under a number, key and limit that the other knows."""
    target = (plan.remote_rtp.host, plan.remote_rtp.port, plan.remote_rtcp.port)
    known = {(item.codec, item.payload_type) for item in other.receive}
    event = plan.telephone_event_send
    return (
        target == _port(other_side, other)
        and (plan.send.codec, plan.send.payload_type) in known
        and (event is None or event in other.telephone_event_receive)
        and plan.srtp_send == other.srtp_receive
        and plan.sending == other.receiving
        and plan.rtcp_mux == other.rtcp_mux
        and plan.feedback == other.feedback
    )


def _agree(
    caller: LocalMedia, called: LocalMedia, hers: Capabilities, his: Capabilities
) -> tuple[SessionDescription, SessionDescription] | None:
    try:
        offered = offer(hers, caller)
    except NothingInCommon:
        return None
    assert SessionDescription.parse(str(offered)) == offered
    try:
        made = answer(offered, his, called)
    except NothingInCommon:
        return None
    assert SessionDescription.parse(str(made.description)) == made.description
    plans = apply_answer(offered, made.description, hers, caller)
    for ours, theirs in zip(plans, made.plans, strict=True):
        assert (ours is None) == (theirs is None)
        if ours and theirs:
            assert _reaches(ours, theirs, called)
            assert _reaches(theirs, ours, caller)
            assert ours.limits.bitrate_bps <= min(
                hers.video_send.bitrate_bps, his.video_receive.bitrate_bps
            ) or (ours.kind is MediaKind.AUDIO)
    return offered, made.description


@settings(deadline=None)
@given(_CAPABILITIES, _CAPABILITIES, _TRANSPORTS, _TRANSPORTS)
def test_both_ends_agree_now_and_when_the_called_side_offers_next(
    hers: Capabilities,
    his: Capabilities,
    her_ports: tuple[Ports, Ports],
    his_ports: tuple[Ports, Ports],
) -> None:
    caller = local(*her_ports)
    called = replace(local(*his_ports, address="198.51.100.2"), session_id=2000)
    said = _agree(caller, called, hers, his)
    if said is None:
        return
    offered, answered = said
    caller = replace(caller, previous=offered, remote=answered)
    called = replace(called, previous=answered, remote=offered)
    again = _agree(called, caller, his, hers)
    assert again is not None
    assert len(again[0].media) >= len(answered.media)
