"""When what control says is whole. Pure; takes the time.

Control tells one leg after the other what it sees. Acting on the half that has come would give the other half a view of
its own for a moment, and everybody who comes back from one waits for the next key frame.
"""

QUIET_S = 0.005
"""Nothing more has come for so long: that was all."""
PATIENCE_S = 0.05
"""No longer than this after the first word, however much more comes."""


class Lull:
    """Waits until control has finished speaking."""

    def __init__(self) -> None:
        self._first_s: float | None = None
        self._last_s = 0.0

    def over(self, told: bool, now_s: float) -> bool:
        """Whether to act now; `told`: something has come just now."""
        if told:
            self._last_s = now_s
            self._first_s = now_s if self._first_s is None else self._first_s
        due_s = self.due_s()
        if due_s is not None and now_s < due_s:
            return False
        self._first_s = None
        return True

    def due_s(self) -> float | None:
        """When it will be over if nothing more comes; None: it is."""
        return None if self._first_s is None else min(self._last_s + QUIET_S, self._first_s + PATIENCE_S)
