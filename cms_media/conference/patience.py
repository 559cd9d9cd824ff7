"""How long a leg may stay in a state that it should soon leave. Nothing waits for ever, whatever others forget."""

from collections.abc import Iterable, Mapping

from cms_media.base.types import LegId
from cms_media.conference.leg import RETRY_AFTER_S, Leg
from cms_media.conference.leg_state import LegState

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
    """Since when each leg has been in its state, to the step of `look`."""

    def __init__(self) -> None:
        self._since_s: dict[LegId, tuple[LegState, float]] = {}

    def look(self, legs: Iterable[Leg], now: float) -> list[Leg]:
        """The legs that were moved on, because they were in a passing state for too long."""
        before, self._since_s = self._since_s, {}
        overdue = []
        for leg in legs:
            state, since_s = before.get(leg.id, (leg.state, now))
            since_s = since_s if state is leg.state else now
            self._since_s[leg.id] = (leg.state, since_s)
            if now - since_s > PATIENCE_S.get(leg.state, float("inf")):
                overdue.append(leg)
        for leg in overdue:
            _move_on(leg)
        return overdue


def _move_on(leg: Leg) -> None:
    match leg.state:
        case LegState.OPENING:
            leg.end(503, "media does not answer", RETRY_AFTER_S)
        case LegState.ENDING:
            leg.on_ended(408, "signalling does not answer")
        case _:
            leg.end(408, "no answer")
