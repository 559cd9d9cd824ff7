"""What the peer's answer makes of our offer: plans for the media plane (RFC 3264 section 7)."""

from dataclasses import replace

from cms_media.base.types import MediaKind
from cms_media.sdp import h264, security
from cms_media.sdp.capabilities import Capabilities, Encryption
from cms_media.sdp.description import MediaDescription, SessionDescription
from cms_media.sdp.errors import NothingInCommon
from cms_media.sdp.formats import OfferedFormat, events_of, formats_of, kind_of
from cms_media.sdp.local import LocalMedia
from cms_media.sdp.peer_stream import PeerStream, payload_format
from cms_media.sdp.plan import SrtpKey, StreamPlan
from cms_media.sdp.remote import remote_transport


def apply_answer(
    our_offer: SessionDescription, answer: SessionDescription, capabilities: Capabilities, local: LocalMedia
) -> tuple[StreamPlan | None, ...]:
    """A plan per m-line of our offer, None where the answer declines it or cannot be used.

    Missing m-lines count as declined, surplus ones are ignored. Raises NothingInCommon when no line is left.
    """
    answered = (*answer.media, *(None for _ in our_offer.media))
    plans = tuple(
        _plan(our_offer, own, answer, theirs, capabilities, local) if theirs else None
        for own, theirs in zip(our_offer.media, answered, strict=False)
    )
    if not any(plans):
        raise NothingInCommon("the answer leaves no m-line to talk over")
    return plans


def _plan(
    our_offer: SessionDescription,
    own: MediaDescription,
    answer: SessionDescription,
    theirs: MediaDescription,
    capabilities: Capabilities,
    local: LocalMedia,
) -> StreamPlan | None:
    kind = kind_of(own)
    opened = local.transport(kind) if kind and own.port else None
    stream = _stream(own, answer, theirs)
    keys = _keys(own, theirs)
    if kind is None or opened is None or stream is None or kind_of(theirs) is not kind:
        return None
    secure_enough = _secure_enough(own, theirs, keys, capabilities)
    if not secure_enough or not stream.remote.reachable_from(local.address):
        return None
    plan = stream.plan(kind, capabilities)
    offered = our_offer.direction_of(own)
    return replace(
        plan,
        index=opened[0],
        sending=plan.sending and offered.sends,
        receiving=plan.receiving and offered.receives,
        receive=tuple(payload_format(item) for item in _receivable(own, theirs)),
        telephone_event_receive=_event_types(own, kind),
        srtp_send=keys[0] if keys else None,
        srtp_receive=keys[1] if keys else None,
    )


def _stream(own: MediaDescription, answer: SessionDescription, theirs: MediaDescription) -> PeerStream | None:
    mux = own.rtcp_mux and theirs.rtcp_mux
    remote = remote_transport(answer, theirs, mux=mux)
    pairs = _pairs(own, theirs)
    if remote is None or not pairs:
        return None
    ours, chosen = pairs[0]
    own_level = ours.profile_level.level if ours.profile_level else h264.LEVELS[-1]
    return PeerStream(answer, theirs, remote, mux, chosen, own_level)


def _pairs(own: MediaDescription, theirs: MediaDescription) -> list[tuple[OfferedFormat, OfferedFormat]]:
    """Our format and the answered one that it became, in the answer's order: the peer's preference."""
    offered = formats_of(own)
    return [
        (ours, answered) for answered in formats_of(theirs) for ours in offered if ours.same_stream(answered)
    ]


def _receivable(own: MediaDescription, theirs: MediaDescription) -> tuple[OfferedFormat, ...]:
    """Our formats of the codecs that were answered.

    All packetization modes of them: some peers answer one mode and send another, which costs us nothing.
    """
    codecs = {answered.codec for _, answered in _pairs(own, theirs)}
    return tuple(item for item in formats_of(own) if item.codec in codecs)


def _event_types(own: MediaDescription, kind: MediaKind) -> tuple[int, ...]:
    return tuple(event.payload_type for event in events_of(own)) if kind is MediaKind.AUDIO else ()


def _keys(own: MediaDescription, theirs: MediaDescription) -> tuple[SrtpKey, SrtpKey] | None:
    """Our key and the peer's, under the tag and suite that the answer chose (RFC 4568 section 5.1.3)."""
    offered = {crypto.tag: security.peer_key(crypto) for crypto in own.cryptos}
    for crypto in theirs.cryptos:
        ours, key = offered.get(crypto.tag), security.peer_key(crypto)
        if ours and key and ours.suite is key.suite:
            return ours, key
    return None


def _secure_enough(
    own: MediaDescription,
    theirs: MediaDescription,
    keys: tuple[SrtpKey, SrtpKey] | None,
    capabilities: Capabilities,
) -> bool:
    secured = security.is_secure(own) or security.is_secure(theirs)
    return keys is not None or not (secured or capabilities.encryption is Encryption.REQUIRED)
