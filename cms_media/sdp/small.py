"""What we say to a peer of which a small picture is enough: less bandwidth, a lower H.264 level, a smaller max-fs.

Receive capabilities are all that is lowered: what the peer sees of us must not suffer by it. So the H.264 level, which
without level-asymmetry-allowed is that of both directions (RFC 6184 section 8.2.2), stays for peers that do not say so,
and bandwidth alone (of b= lines the describing side's receiving, RFC 3264 section 5.8) tells them.
"""

from collections.abc import Iterable
from dataclasses import replace

from cms_media.base.types import MediaKind
from cms_media.sdp import h264
from cms_media.sdp.capabilities import Capabilities
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.formats import formats_of, kind_of
from cms_media.sdp.plan import Feedback, StreamPlan, VideoLimits

SMALL = VideoLimits(frame_size_mb=40 * 23, macroblocks_per_s=40 * 23 * 30, bitrate_bps=700_000)
"""640x360 at 30 frames per second, at what our own encoder is given for that."""


def for_small(capabilities: Capabilities, peer: SessionDescription | None) -> Capabilities:
    """Ours, when a small picture of this peer is enough. `peer` is its last description."""
    most = capabilities.video_receive
    less = replace(most, bitrate_bps=min(most.bitrate_bps, SMALL.bitrate_bps))
    if not _own_level_each_way(peer):
        return replace(capabilities, video_receive=less)
    less = replace(
        less,
        frame_size_mb=min(most.frame_size_mb, SMALL.frame_size_mb),
        macroblocks_per_s=min(most.macroblocks_per_s, SMALL.macroblocks_per_s),
    )
    return replace(capabilities, video_receive=less, wants_no_more=True)


def of_agreed(capabilities: Capabilities, plans: Iterable[StreamPlan]) -> Capabilities:
    """Ours with nothing but what is in use: an offer of other limits is no reason to change codecs or ports."""
    in_use = tuple(plans)
    codecs = {plan.kind: (plan.send.codec,) for plan in in_use}
    return replace(
        capabilities,
        audio_codecs=codecs.get(MediaKind.AUDIO, capabilities.audio_codecs),
        video_codecs=codecs.get(MediaKind.VIDEO, capabilities.video_codecs),
        feedback=frozenset[Feedback]().union(*(plan.feedback for plan in in_use)),
        rtcp_mux=any(plan.rtcp_mux for plan in in_use),
    )


def sees_less(before: Iterable[StreamPlan], after: Iterable[StreamPlan]) -> bool:
    """Whether the peer takes a smaller, slower or coarser picture from us than it did, or none any more."""
    had, has = _picture(before), _picture(after)
    if had is None:
        return False
    return (
        has is None
        or has.frame_size_mb < had.frame_size_mb
        or has.macroblocks_per_s < had.macroblocks_per_s
        or has.bitrate_bps < had.bitrate_bps
    )


def _picture(plans: Iterable[StreamPlan]) -> VideoLimits | None:
    return next((plan.limits for plan in plans if plan.kind is MediaKind.VIDEO and plan.sending), None)


def _own_level_each_way(peer: SessionDescription | None) -> bool:
    lines = peer.media if peer else ()
    formats = [item for line in lines if kind_of(line) is MediaKind.VIDEO for item in formats_of(line)]
    return all(h264.asymmetric(item.parameters) for item in formats if item.profile_level is not None)
