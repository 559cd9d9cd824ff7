"""Who is at the other end of a leg, and what a leg counts about it."""

from dataclasses import dataclass, field
from enum import StrEnum

from cms_media.base.types import CallId, LegId

MAX_DIGITS_KEPT = 32
"""Enough for status and tests to see what was keyed."""


class Direction(StrEnum):
    """Who called."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


@dataclass(frozen=True, slots=True)
class Party:
    """What signalling knows of the other end."""

    name: str
    """Drawn on its pane."""
    uri: str
    peer: str
    """Address that its request came from, or the URI that we dialled."""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class LegIdentity:
    """What never changes in a leg's life."""

    leg: LegId
    call: CallId
    direction: Direction
    party: Party
    started_s: float
    """Monotonic seconds of its first message."""


@dataclass(slots=True)
class LegAccount:
    """Counters and last reported values; for status and the log, nothing is decided by them."""

    out_of_order: int = 0
    digits: str = ""
    video_live: bool = False
    ended_by: str = ""
    media: dict[str, float | int | str] = field(default_factory=dict)

    def key_in(self, digits: str) -> None:
        """DTMF, by INFO or telephone-event."""
        self.digits = (self.digits + digits)[-MAX_DIGITS_KEPT:]
