"""b= lines: what the peer takes, what we say (RFC 8866 section 5.8, RFC 3890)."""

from cms_media.sdp.attributes import Bandwidth
from cms_media.sdp.description import MediaDescription, SessionDescription

AUDIO_SHARE_BPS = 64_000
"""What a bandwidth for the whole session leaves to audio before video has the rest."""
_HEADER_SHARE_PERCENT = 5
"""AS and CT count IP, UDP and RTP headers: 40 to 60 of about 1100 bytes. TIAS does not."""


def peer_bitrate_bps(description: SessionDescription, line: MediaDescription, default_bps: int) -> int:
    """The most that the peer takes on this m-line, from its own and the session's b= lines.

    0: the m-line says b=TIAS:0 or b=AS:0, so nothing may be sent (RFC 3264 section 5.1). A zero for the whole
    session is taken as nonsense and passed over.
    """
    limits = [default_bps]
    own = _bitrate_bps(line, ("TIAS", "AS"))
    if own is not None:
        limits.append(own)
    whole = _bitrate_bps(description, ("TIAS", "AS", "CT"))
    if whole:
        limits.append(max(whole - AUDIO_SHARE_BPS, AUDIO_SHARE_BPS) if line.media == "video" else whole)
    return min(limits)


def own_bandwidths(bitrate_bps: int) -> tuple[Bandwidth, ...]:
    """Our b= lines of a video m-line: TIAS for who knows it, AS for the rest (kbit/s, headers included)."""
    return (Bandwidth("AS", _with_headers_kbps(bitrate_bps)), Bandwidth("TIAS", bitrate_bps))


def session_bandwidths(media: tuple[MediaDescription, ...]) -> tuple[Bandwidth, ...]:
    """b=CT for endpoints that look nowhere else; none without video."""
    video_bps = sum(line.bandwidth("TIAS") or 0 for line in media if line.port and line.media == "video")
    audio_bps = sum(AUDIO_SHARE_BPS for line in media if line.port and line.media == "audio")
    return (Bandwidth("CT", _with_headers_kbps(video_bps + audio_bps)),) if video_bps else ()


def _with_headers_kbps(bitrate_bps: int) -> int:
    """Rounded up, so that who takes the headers off again has no less than `bitrate_bps`."""
    payload_percent = 100 - _HEADER_SHARE_PERCENT
    return -(-bitrate_bps // (10 * payload_percent))


def _bitrate_bps(section: SessionDescription | MediaDescription, types: tuple[str, ...]) -> int | None:
    values = {item.type: item.value for item in reversed(section.bandwidths)}
    for type_ in types:
        if type_ in values:
            value = values[type_]
            return value if type_ == "TIAS" else value * 10 * (100 - _HEADER_SHARE_PERCENT)
    return None
