"""How long a leg may stay in a state that it should soon leave. Nothing waits for ever, whatever others forget."""

from collections.abc import Iterable, Mapping
from math import inf

from cms_media.base.types import LegId
from cms_media.conference.leg import RETRY_AFTER_S, Leg
from cms_media.conference.leg_state import LegState

WITHOUT_MEDIA_S = 40.0
"""For a connected leg: until its worker is replaced and its peer has answered our re-INVITE."""
PATIENCE_S: Mapping[LegState, float] = {
    LegState.OPENING: 10.0,
    LegState.OFFERED: 120.0,
    LegState.AGREED: 40.0,
    LegState.CONFIRMED: 40.0,
    LegState.ENDING: 40.0,
}
"""A worker opens ports within milliseconds. A phone may ring for two minutes. The others end within the 32 s of SIP's
timers B, F and H (RFC 3261 section 17) unless something went wrong in signalling."""


class Patience:
    """Since when each leg that is to move on has been in its state, to the step of `look`."""

    def __init__(self) -> None:
        self._since_s: dict[LegId, tuple[tuple[LegState, bool], float]] = {}

    def look(self, legs: Iterable[Leg], now: float) -> list[Leg]:
        """The legs that were moved on, because they were in a passing state for too long."""
        before, self._since_s = self._since_s, {}
        overdue = []
        for leg in legs:
            patience_s = _patience_s(leg)
            if patience_s == inf:
                continue
            standing = (leg.state, leg.in_call)
            state, since_s = before.get(leg.id, (standing, now))
            since_s = since_s if state == standing else now
            self._since_s[leg.id] = (standing, since_s)
            if now - since_s > patience_s:
                overdue.append(leg)
        for leg in overdue:
            _move_on(leg)
        return overdue


def _patience_s(leg: Leg) -> float:
    if leg.state is LegState.CONNECTED:
        return inf if leg.in_call else WITHOUT_MEDIA_S
    return PATIENCE_S.get(leg.state, inf)


def _move_on(leg: Leg) -> None:
    match leg.state:
        case LegState.OPENING:
            leg.end(503, "media does not answer", RETRY_AFTER_S)
        case LegState.ENDING:
            leg.on_ended(408, "signalling does not answer")
        case _:
            leg.end(408, "no answer")
