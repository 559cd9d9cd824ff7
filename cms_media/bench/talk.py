"""Who of the crowd talks when: all at once, or one after the other without a pause between. Pure."""

from cms_media.bench.plan import Plan


class Talk:
    """Turns of the talkers of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._talkers = plan.talking
        self._turn_s = plan.turn_s
        self._turn = 0
        self._began_s: float | None = None
        self.last_turn: dict[int, int] = {}
        """By leg's number: the greatest talks now or talked last."""
        self.held = False
        """Nobody else gets the word any more."""

    def begin(self, now: float) -> list[int]:
        """Who begins to talk."""
        self._began_s = now
        if not self._turn_s:
            self.last_turn = dict.fromkeys(self._talkers, 1) if len(self._talkers) == 1 else {}
            return list(self._talkers)
        self._turn = 1
        self.last_turn = {self._talkers[0]: 1}
        return [self._talkers[0]]

    def next_turn(self, now: float) -> tuple[int, int] | None:
        """(who begins, who ends) when a turn is over. None: nothing changes."""
        if self._began_s is None or self.held or not self._turn_s or len(self._talkers) < 2:
            return None
        if now - self._began_s < self._turn_s:
            return None
        self._began_s = now
        before = self._talkers[(self._turn - 1) % len(self._talkers)]
        after = self._talkers[self._turn % len(self._talkers)]
        self._turn += 1
        self.last_turn[after] = self._turn
        return after, before

    def ears(self, legs: int, most: int) -> list[int]:
        """Legs that hear somebody at any time, at most so many, spread over all."""
        silent = [leg for leg in range(legs) if leg not in self._talkers]
        candidates = silent or list(range(legs) if not self._turn_s else ())
        step = max(1, -(-len(candidates) // most))
        return candidates[::step]
