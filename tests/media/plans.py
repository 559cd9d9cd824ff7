"""Plans as negotiation would make them, for tests."""

from dataclasses import replace
from typing import Any

from cms_media.base.types import LegId, MediaKind, SocketAddress
from cms_media.codecs.table import Codec
from cms_media.conference.ports import Scene, ScenePane
from cms_media.layout.types import Rect
from cms_media.sdp.plan import Feedback, PayloadFormat, StreamPlan

_HERE = SocketAddress("127.0.0.1", 5004)
_RTCP = SocketAddress("127.0.0.1", 5005)


def audio_plan(index: int = 0, **changes: Any) -> StreamPlan:
    """Opus both ways."""
    opus = PayloadFormat(Codec.OPUS, 96)
    plan = StreamPlan(index, MediaKind.AUDIO, True, True, _HERE, _RTCP, False, opus, (opus,))
    return replace(plan, **changes)


def video_plan(index: int = 1, **changes: Any) -> StreamPlan:
    """H.264 both ways, 720p30."""
    h264 = PayloadFormat(Codec.H264, 97, 1)
    plan = StreamPlan(
        index,
        MediaKind.VIDEO,
        True,
        True,
        _HERE,
        _RTCP,
        False,
        h264,
        (h264,),
        feedback=frozenset({Feedback.PLI, Feedback.TMMBR}),
    )
    return replace(plan, **changes)


def scene_of(*legs: LegId, active: LegId | None = None, columns: int = 2) -> Scene:
    """A grid of equal panes."""
    side = 1 / columns
    panes = [
        ScenePane(leg, Rect(n % columns * side, n // columns * side, side, side))
        for n, leg in enumerate(legs)
    ]
    return Scene(tuple(panes), active=active)
