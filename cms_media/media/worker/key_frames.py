"""When a shared view makes its key frames, and who is kept from asking for too many. Pure; takes the time.

A key frame costs every receiver of a view quality, so wishes are collected: joiners within a pause share one. A
receiver that asks again and again (its path loses packets) is served ever more rarely, and while it goes on it may get
an encode of its own, where it disturbs nobody.
"""

from collections import deque
from collections.abc import Container, Iterable, Mapping
from math import inf

from cms_media.base.types import LegId

PAUSE_S = 0.5
"""Between two key frames of a view, whoever asks."""
CROWD = 8
"""With more receivers than this the pause is longer: a joiner still sees a picture within a second."""
CROWD_PAUSE_S = 0.9

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 8.0
"""Between two key frames for the same asker among others: doubles from the first to the longest."""
CALM_S = 10.0
"""Without a wish for so long an asker is as good as new."""

MOST_WISHES = 4
"""More within CALM_S make an asker one that is better alone."""
FEW_RECEIVERS = 3
"""Up to so many bear with it."""
MOST_ALONE = 2
"""Encodes of their own for such askers, in one worker: each costs as much as a whole view."""


class KeyFrameSchedule:
    """One view's key frames."""

    def __init__(self) -> None:
        self._due_s: dict[LegId, float] = {}
        self._last_s = -inf

    def want(self, leg: LegId, due_s: float = -inf) -> None:
        """A receiver needs one, but not before `due_s`."""
        self._due_s[leg] = min(due_s, self._due_s.get(leg, inf))

    def keep(self, legs: Container[LegId]) -> None:
        """These are the receivers now: who went away needs nothing any more."""
        self._due_s = {leg: due_s for leg, due_s in self._due_s.items() if leg in legs}

    def due(self, now_s: float, receivers: int) -> bool:
        """Whether the picture made now is to be a key frame."""
        pause_s = PAUSE_S if receivers <= CROWD else CROWD_PAUSE_S
        return now_s >= min(self._due_s.values(), default=inf) and now_s - self._last_s >= pause_s

    def made(self, now_s: float) -> None:
        """There it is: all wishes are fulfilled."""
        self._due_s.clear()
        self._last_s = now_s


class _Asker:
    def __init__(self) -> None:
        self.wishes_s: deque[float] = deque(maxlen=MOST_WISHES + 1)
        self.served_s = -inf
        self.pause_s = 0.0
        self.waits = False


class Askers:
    """Everybody of a worker who has asked for a key frame lately; outlives the views that they get."""

    def __init__(self) -> None:
        self._askers: dict[LegId, _Asker] = {}
        self._alone: frozenset[LegId] = frozenset()

    def ask(self, leg: LegId, receivers: int, now_s: float) -> float:
        """A wish comes; when it may be fulfilled. `receivers` is how many get the view that the leg gets."""
        asker = self._askers.setdefault(leg, _Asker())
        if not asker.wishes_s or now_s - asker.wishes_s[-1] >= CALM_S:
            asker.pause_s = 0.0
            asker.wishes_s.clear()
        asker.wishes_s.append(now_s)
        asker.waits = True
        return now_s if receivers <= 1 else max(now_s, asker.served_s + asker.pause_s)

    def served(self, legs: Iterable[LegId], now_s: float) -> None:
        """These legs got a key frame; who had not asked for it does not count it against himself."""
        for leg in legs:
            asker = self._askers.get(leg)
            if asker is not None and asker.waits:
                asker.waits = False
                asker.served_s = now_s
                asker.pause_s = min(max(FIRST_PAUSE_S, 2 * asker.pause_s), LONGEST_PAUSE_S)

    def forget(self, leg: LegId) -> None:
        """The leg is gone. Idempotent."""
        self._askers.pop(leg, None)
        self._alone -= {leg}

    def alone(self, receivers: Mapping[LegId, int], spare: bool, now_s: float) -> frozenset[LegId]:
        """Who is to have an encode of his own now. Looked at now and then.

        `receivers`: how many get the view of each leg. `spare`: the worker has the time for it.
        """
        self._askers = {leg: asker for leg, asker in self._askers.items() if _lately(asker, now_s)}
        staying = [leg for leg in self._alone if leg in self._askers] if spare else []
        coming = [
            leg
            for leg, asker in self._askers.items()
            if spare
            and leg not in staying
            and self._too_often(asker, now_s)
            and receivers.get(leg, 0) > FEW_RECEIVERS
        ]
        self._alone = frozenset((staying + coming)[:MOST_ALONE])
        return self._alone

    @staticmethod
    def _too_often(asker: _Asker, now_s: float) -> bool:
        return len(asker.wishes_s) > MOST_WISHES and now_s - asker.wishes_s[0] < CALM_S


def _lately(asker: _Asker, now_s: float) -> bool:
    return now_s - asker.wishes_s[-1] < CALM_S
