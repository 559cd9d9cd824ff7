"""Who speaks: from levels, some ten times a second, to one active speaker and a history.

The first speaker is shown at once. After that a change takes a while of clearly louder speech, so that a
cough or a "yes" does not throw the picture about: 1 to 2 s in the products whose behaviour we follow.
"""

from collections.abc import Mapping

from cms_media.base.types import LegId

TAKEOVER_S = 1.2
"""Speech by which a challenger replaces the active speaker."""
MARGIN_DB = 3.0
"""By how much a challenger must be louder while the active speaker also speaks."""
PAUSE_WEIGHT = 0.5
"""A challenger's pause takes back half its length: gaps between words do not start the count anew."""
MAX_STEP_S = 0.5
"""The most that one report counts for: after a stall nobody takes over by a single loud report."""


class ActiveSpeaker:
    """The active speaker of one call and when everybody last was it."""

    def __init__(self) -> None:
        self.active: LegId | None = None
        self._turn = 0
        self._last_turn: dict[LegId, int] = {}
        self._claims_s: dict[LegId, float] = {}
        self._reported_s: float | None = None

    def last_spoke(self, leg: LegId) -> int:
        """A rank: the greatest is the active speaker, 0 never was one."""
        return self._last_turn.get(leg, 0)

    def hear(self, levels_dbov: Mapping[LegId, float], now: float) -> bool:
        """One report of who is above the noise floor; `now` in seconds. True: the active speaker changed."""
        step_s = min(now - self._reported_s, MAX_STEP_S) if self._reported_s is not None else 0.0
        self._reported_s = now
        if not levels_dbov and not self._claims_s:
            return False
        if self.active is None:
            return self._give_turn(max(levels_dbov, key=lambda leg: levels_dbov[leg]))
        self._weigh_claims(levels_dbov, step_s)
        winner = max(self._claims_s, key=lambda leg: self._claims_s[leg], default=None)
        return winner is not None and self._claims_s[winner] >= TAKEOVER_S and self._give_turn(winner)

    def leave(self, leg: LegId) -> bool:
        """True when the active speaker left; the next who speaks is it at once."""
        self._last_turn.pop(leg, None)
        self._claims_s.pop(leg, None)
        if self.active != leg:
            return False
        self.active = None
        self._claims_s.clear()
        return True

    def snapshot(self) -> dict[str, object]:
        """For status pages."""
        recent = sorted(self._last_turn, key=lambda leg: -self._last_turn[leg])
        return {"active": self.active or "", "turns": self._turn, "history": recent[:5]}

    def _weigh_claims(self, levels_dbov: Mapping[LegId, float], step_s: float) -> None:
        others = {leg: level for leg, level in levels_dbov.items() if leg != self.active}
        loudest = max(others, key=lambda leg: others[leg], default=None)
        bar_dbov = levels_dbov.get(self.active, float("-inf")) + MARGIN_DB if self.active else 0.0
        claims: dict[LegId, float] = {}
        for leg in {*self._claims_s, *([loudest] if loudest else [])}:
            claims_now = leg == loudest and others[leg] >= bar_dbov
            gain_s = step_s if claims_now else -step_s * PAUSE_WEIGHT
            if (claim_s := self._claims_s.get(leg, 0.0) + gain_s) > 0:
                claims[leg] = claim_s
        self._claims_s = claims

    def _give_turn(self, leg: LegId) -> bool:
        self._turn += 1
        self._last_turn[leg] = self._turn
        self.active = leg
        self._claims_s.clear()
        return True
