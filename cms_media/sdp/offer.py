"""Our offers (RFC 3264 sections 5 and 8) and what the peer's answers make of them."""

from collections.abc import Sequence

from cms_media.base.types import MediaKind
from cms_media.codecs.table import CODECS, Codec
from cms_media.sdp import h264, security
from cms_media.sdp.attributes import Crypto, Direction
from cms_media.sdp.bandwidth import session_bandwidths
from cms_media.sdp.capabilities import Capabilities, Encryption
from cms_media.sdp.description import MediaDescription, SessionDescription
from cms_media.sdp.errors import NothingInCommon
from cms_media.sdp.formats import events_of, kind_of
from cms_media.sdp.level import offered_level
from cms_media.sdp.local import LocalMedia, OpenedTransport
from cms_media.sdp.own_line import (
    OwnFormat,
    OwnLine,
    audio_format,
    declined,
    event_format,
    video_format,
    vp8_parameters,
)
from cms_media.sdp.payload_types import Meaning, assign

_OFFERED_PROFILE = h264.ProfileLevel(h264.Profile.CONSTRAINED_BASELINE, 0x42, 0xE0, h264.LEVELS[0])
"""42e0xx, which every endpoint has; one encode then serves all who took our offers."""


def offer(capabilities: Capabilities, local: LocalMedia) -> SessionDescription:
    """An offer of every kind that has a transport; with `local.previous` a re-offer with the same m-lines.

    An m-line that either side closed stays closed. Our direction is always sendrecv: a peer that holds us
    answers accordingly (RFC 6337 section 5.3). Raises NothingInCommon when there is nothing to offer.
    """
    before = local.previous.media if local.previous else ()
    lines = [_offer_again(position, line, capabilities, local) for position, line in enumerate(before)]
    known = {kind_of(line) for line in before}
    for kind in capabilities.kinds:
        opened = local.transport(kind)
        if kind not in known and opened:
            lines.append(_offer_line(len(lines), kind, opened[1], capabilities, local))
    if not any(line.port for line in lines):
        raise NothingInCommon("no transport to make an offer of")
    media = tuple(lines)
    return local.described(media, session_bandwidths(media), ("0 0",))


def _offer_again(
    position: int, before: MediaDescription, capabilities: Capabilities, local: LocalMedia
) -> MediaDescription:
    kind = kind_of(before)
    opened = local.transport(kind) if kind and before.port else None
    if kind is None or opened is None or not capabilities.codecs(kind):
        return declined(before)
    return _offer_line(position, kind, opened[1], capabilities, local)


def _offer_line(
    position: int,
    kind: MediaKind,
    transport: OpenedTransport,
    capabilities: Capabilities,
    local: LocalMedia,
) -> MediaDescription:
    before = local.previous_line(position)
    known = (before, _line_at(local.remote, position))
    own = OwnLine(
        kind=kind,
        protocol=before.protocol if before else _protocol(capabilities),
        formats=_own_formats(kind, capabilities, known),
        direction=Direction.SENDRECV,
        mux=capabilities.rtcp_mux,
        cryptos=_cryptos(before, capabilities, local),
        extmaps=offered_level(before, mixes=capabilities.mixes) if kind is MediaKind.AUDIO else (),
        content=before.content if before else None,
    )
    return own.described(transport, capabilities)


def _protocol(capabilities: Capabilities) -> str:
    """Feedback is offered under AVP as well: peers that know AVPF take it, the others would refuse AVPF."""
    return "RTP/SAVP" if capabilities.encryption is Encryption.REQUIRED else "RTP/AVP"


def _cryptos(
    before: MediaDescription | None, capabilities: Capabilities, local: LocalMedia
) -> tuple[Crypto, ...]:
    """A line per suite; in a re-offer of a secured m-line only its own suites, with the keys they have."""
    if capabilities.encryption is Encryption.OFF:
        return ()
    if before is not None:
        return before.cryptos
    if not capabilities.best_effort_srtp and capabilities.encryption is not Encryption.REQUIRED:
        return ()
    keys = [security.own_key(suite, None, local.random_bytes) for suite in capabilities.srtp_suites]
    return tuple(security.crypto_line(tag, key) for tag, key in enumerate(keys, start=1))


def _own_formats(
    kind: MediaKind, capabilities: Capabilities, known: Sequence[MediaDescription | None]
) -> list[OwnFormat]:
    meanings = _meanings(kind, capabilities, known[0])
    numbers = assign(meanings, known)
    return [
        _own_format(meaning, number, capabilities) for meaning, number in zip(meanings, numbers, strict=True)
    ]


def _meanings(kind: MediaKind, capabilities: Capabilities, before: MediaDescription | None) -> list[Meaning]:
    """Codecs in our order, H.264 in both packetization modes, an event format per clock in use or said before."""
    codecs = capabilities.codecs(kind)
    if kind is MediaKind.VIDEO:
        modes = {Codec.H264: (1, 0)}
        return [(codec, mode) for codec in codecs for mode in modes.get(codec, (0,))]
    clocks = sorted({CODECS[codec].rtp_clock_rate_hz for codec in codecs} | _event_clocks(before))
    return [*((codec, 0) for codec in codecs), *((None, clock) for clock in clocks)]


def _event_clocks(line: MediaDescription | None) -> set[int]:
    """Many endpoints know events at 8000 Hz alone, beside whatever codec."""
    return {event.clock_hz for event in events_of(line)} if line else set()


def _own_format(meaning: Meaning, number: int, capabilities: Capabilities) -> OwnFormat:
    codec, detail = meaning
    if codec is None:
        return event_format(number, detail)
    if CODECS[codec].kind is MediaKind.AUDIO:
        return audio_format(codec, number)
    receive = capabilities.video_receive
    fmtp = vp8_parameters(receive)
    if codec is Codec.H264:
        profile_level = _OFFERED_PROFILE.at(capabilities.receive_level)
        fmtp = h264.own_parameters(profile_level, detail, receive, allow_asymmetry=True)
    return video_format(codec, number, fmtp, capabilities.feedback)


def _line_at(description: SessionDescription | None, position: int) -> MediaDescription | None:
    lines = description.media if description else ()
    return lines[position] if position < len(lines) else None
