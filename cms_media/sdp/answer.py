"""Answering an offer (RFC 3264 section 6).

Per m-line: choose -> describe the choice on our ports -> plan for the media plane.
"""

from dataclasses import dataclass, replace

from cms_media.base.types import MediaKind
from cms_media.codecs.table import Codec
from cms_media.sdp import h264, security
from cms_media.sdp.attributes import Direction
from cms_media.sdp.bandwidth import session_bandwidths
from cms_media.sdp.capabilities import Capabilities
from cms_media.sdp.description import MediaDescription, SessionDescription
from cms_media.sdp.errors import NothingInCommon
from cms_media.sdp.formats import OfferedFormat, best_of, event_for, events_of, formats_of, kind_of
from cms_media.sdp.level import own_level
from cms_media.sdp.local import LocalMedia
from cms_media.sdp.own_line import (
    OwnFormat,
    OwnLine,
    audio_format,
    declined,
    event_format,
    video_format,
    vp8_parameters,
)
from cms_media.sdp.peer_stream import PeerStream, payload_format
from cms_media.sdp.plan import SrtpKey, StreamPlan
from cms_media.sdp.remote import remote_transport


@dataclass(frozen=True, slots=True)
class Answer:
    """Our answer, and what it means for the media plane; `plans` has an entry per m-line, None: declined."""

    description: SessionDescription
    plans: tuple[StreamPlan | None, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    """An m-line that we accept, and what of it."""

    kind: MediaKind
    stream: PeerStream


def needed(offer: SessionDescription, capabilities: Capabilities) -> tuple[MediaKind | None, ...]:
    """Which transports an answer needs, per m-line; None: the m-line will be declined.

    A leg that already has a transport of that kind needs no further one.
    """
    return tuple(choice.kind if choice else None for choice in _choices(offer, capabilities))


def answer(offer: SessionDescription, capabilities: Capabilities, local: LocalMedia) -> Answer:
    """Raises NothingInCommon when no m-line can be accepted.

    Except that a peer may close all m-lines of a running session, which is answered in kind.
    """
    lines: list[MediaDescription] = []
    plans: list[StreamPlan | None] = []
    for position, choice in enumerate(_choices(offer, capabilities)):
        line, plan = _answer_line(position, offer.media[position], choice, capabilities, local)
        lines.append(line)
        plans.append(plan)
    closing = local.previous is not None and not any(line.port for line in offer.media)
    if not any(plans) and not closing:
        raise NothingInCommon("no m-line of the offer has a codec, profile and address that we can use")
    media = tuple(lines)
    return Answer(local.described(media, session_bandwidths(media), offer.times), tuple(plans))


def _choices(offer: SessionDescription, capabilities: Capabilities) -> tuple[_Choice | None, ...]:
    """One audio and one video m-line at most: the first acceptable of each kind."""
    taken: set[MediaKind] = set()
    choices: list[_Choice | None] = []
    for line in offer.media:
        choice = _choice(offer, line, capabilities)
        if choice and choice.kind in taken:
            choice = None
        if choice:
            taken.add(choice.kind)
        choices.append(choice)
    return tuple(choices)


def _choice(offer: SessionDescription, line: MediaDescription, capabilities: Capabilities) -> _Choice | None:
    kind = kind_of(line)
    if kind is None or not security.acceptable(line, capabilities):
        return None
    mux = line.rtcp_mux and capabilities.rtcp_mux
    remote = remote_transport(offer, line, mux=mux)
    chosen = best_of(formats_of(line), capabilities.codecs(kind))
    if remote is None or chosen is None:
        return None
    own_level = _own_level(chosen, capabilities)
    return _Choice(kind, PeerStream(offer, line, remote, mux, chosen, own_level))


def _own_level(chosen: OfferedFormat, capabilities: Capabilities) -> h264.Level:
    """Without asymmetry both directions have one level, and an answer may only lower it (RFC 6184 8.2.2)."""
    own = capabilities.receive_level
    if chosen.profile_level is None or h264.asymmetric(chosen.parameters):
        return own
    return h264.lower(own, chosen.profile_level.level)


def _answer_line(
    position: int,
    line: MediaDescription,
    choice: _Choice | None,
    capabilities: Capabilities,
    local: LocalMedia,
) -> tuple[MediaDescription, StreamPlan | None]:
    opened = local.transport(choice.kind) if choice else None
    if choice is None or opened is None or not choice.stream.remote.reachable_from(local.address):
        return declined(line), None
    index, transport = opened
    keys = _keys(position, line, capabilities, local)
    plan = _plan(choice, index, keys, capabilities)
    own = OwnLine(
        kind=choice.kind,
        protocol=line.protocol,
        formats=_own_formats(choice.stream, plan, capabilities),
        direction=Direction.of(sends=plan.sending, receives=plan.receiving),
        mux=choice.stream.mux,
        cryptos=(security.crypto_line(keys.tag, keys.ours),) if keys else (),
        extmaps=own_level(plan.level_receive_id or plan.level_send_id, mixes=capabilities.mixes),
        content=line.content,
    )
    return own.described(transport, capabilities), plan


@dataclass(frozen=True, slots=True)
class _Keys:
    tag: int
    ours: SrtpKey
    theirs: SrtpKey


def _keys(
    position: int, line: MediaDescription, capabilities: Capabilities, local: LocalMedia
) -> _Keys | None:
    usable = security.usable_on(line, capabilities)
    if usable is None:
        return None
    crypto, theirs = usable
    ours = security.own_key(theirs.suite, local.previous_line(position), local.random_bytes)
    return _Keys(crypto.tag, ours, theirs)


def _plan(choice: _Choice, index: int, keys: _Keys | None, capabilities: Capabilities) -> StreamPlan:
    stream = choice.stream
    plan = stream.plan(choice.kind, capabilities)
    events = (plan.telephone_event_send,) if plan.telephone_event_send is not None else ()
    return replace(
        plan,
        index=index,
        receive=(payload_format(_answered_format(stream)),),
        telephone_event_receive=events,
        srtp_send=keys.ours if keys else None,
        srtp_receive=keys.theirs if keys else None,
    )


def _answered_format(stream: PeerStream) -> OfferedFormat:
    """The offered format at our own level."""
    offered = stream.send
    if offered.profile_level is None:
        return offered
    return replace(offered, profile_level=offered.profile_level.at(stream.own_level))


def _own_formats(stream: PeerStream, plan: StreamPlan, capabilities: Capabilities) -> list[OwnFormat]:
    """The one codec that we chose, under the offer's number, and telephone-event."""
    chosen = _answered_format(stream)
    if plan.kind is MediaKind.VIDEO:
        fmtp = _video_parameters(chosen, capabilities)
        return [video_format(chosen.codec, chosen.payload_type, fmtp, plan.feedback)]
    event = event_for(chosen.codec, events_of(stream.line))
    events = [event_format(event.payload_type, event.clock_hz)] if event else []
    return [audio_format(chosen.codec, chosen.payload_type), *events]


def _video_parameters(chosen: OfferedFormat, capabilities: Capabilities) -> str:
    if chosen.codec is Codec.VP8 or chosen.profile_level is None:
        return vp8_parameters(capabilities.video_receive)
    return h264.own_parameters(
        chosen.profile_level,
        chosen.packetization_mode,
        capabilities.video_receive,
        allow_asymmetry=h264.asymmetric(chosen.parameters),
    )
