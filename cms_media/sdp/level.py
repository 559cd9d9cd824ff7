"""The header extension in which clients tell mixers how loud their packets are (RFC 6464): who tells whom.

The bridge's own m-lines say recvonly: it takes levels, and what it would say of a mix helps nobody.
"""

from cms_media.sdp.attributes import Direction, Extmap
from cms_media.sdp.media_description import MediaDescription

LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
_OFFERED_ID = 1


def level_id(peer: MediaDescription, *, mixes: bool) -> int | None:
    """The id under which the peer's m-line has it in the direction that we need; None: it has it not."""
    for extmap in peer.extmaps:
        fits = extmap.direction.sends if mixes else extmap.direction.receives
        if extmap.uri == LEVEL_URI and fits:
            return extmap.id
    return None


def own_level(identity: int | None, *, mixes: bool) -> tuple[Extmap, ...]:
    """As our m-line says it."""
    if identity is None:
        return ()
    return (Extmap(identity, LEVEL_URI, Direction.RECVONLY if mixes else Direction.SENDONLY),)


def offered_level(before: MediaDescription | None, *, mixes: bool) -> tuple[Extmap, ...]:
    """Of an offer; `before` is what our m-line said so far, whose id stays (RFC 8285 section 6)."""
    known = [extmap.id for extmap in before.extmaps if extmap.uri == LEVEL_URI] if before else []
    return own_level(known[0] if known else _OFFERED_ID, mixes=mixes)
