"""Which worker a leg goes to: a call stays together until its worker is full, then it spans. Pure."""

from collections.abc import Collection, Mapping

from cms_media.base.types import CallId, LegId

HOME_UNITS = 6000
"""Load (`capacity`) of a worker that is full: what a core was measured to carry of what costs most, private 720p30
galleries (5 to 5.7 legs). What costs less spills over as early, but crosses cheaply."""

FULL_SHARE = 0.8
"""Of a worker's load or of its processor: beyond it a call's next leg goes where there is more room."""

_BETTER_BY = 0.2
"""So much more room another worker must have: a call in two places costs more than one that is together."""


class Placement:
    """Legs, their calls and their places."""

    def __init__(self, worker_units: int) -> None:
        """`worker_units` is what one worker can take."""
        self._worker_units = worker_units
        self._place_of: dict[LegId, int] = {}
        self._call_of: dict[LegId, CallId] = {}
        self._units_of: dict[LegId, int] = {}
        self._legs_of: dict[CallId, dict[LegId, None]] = {}

    def __len__(self) -> int:
        return len(self._place_of)

    def __contains__(self, leg: LegId) -> bool:
        return leg in self._place_of

    def place_of(self, leg: LegId) -> int | None:
        """The leg's worker; None when it has none."""
        return self._place_of.get(leg)

    def call_of(self, leg: LegId) -> CallId:
        """The call of a leg that has a place."""
        return self._call_of[leg]

    def places_of(self, call: CallId) -> frozenset[int]:
        """Every worker on which the call has legs."""
        return frozenset(self._place_of[leg] for leg in self._legs_of.get(call, ()))

    def legs_at(self, place: int) -> list[LegId]:
        """In no particular order."""
        return [leg for leg, at in self._place_of.items() if at == place]

    def choose(self, call: CallId, running: Collection[int], busy: Mapping[int, float]) -> int | None:
        """Where the call's next leg belongs; `busy` is the share of its processor that each worker last used.

        None: no worker runs.
        """
        if not running:
            return None
        load = {place: max(self.load_of(place), busy.get(place, 0.0)) for place in running}
        idlest = min(sorted(running), key=load.__getitem__)
        at_home = sorted(self.places_of(call) & set(running))
        if not at_home:
            return idlest
        home = min(at_home, key=load.__getitem__)
        spill = load[home] >= FULL_SHARE and load[home] - load[idlest] >= _BETTER_BY
        return idlest if spill else home

    def load_of(self, place: int) -> float:
        """Share of what a worker can take, 1 is full."""
        taken = sum(self._units_of[leg] for leg, at in self._place_of.items() if at == place)
        return taken / self._worker_units

    def put(self, leg: LegId, call: CallId, place: int, weight_units: int) -> None:
        """The leg is there now, or weighs something else now."""
        self._place_of[leg] = place
        self._call_of[leg] = call
        self._units_of[leg] = weight_units
        self._legs_of.setdefault(call, {})[leg] = None

    def remove(self, leg: LegId) -> CallId | None:
        """The call that it was in; None when it has no place."""
        if self._place_of.pop(leg, None) is None:
            return None
        del self._units_of[leg]
        call = self._call_of.pop(leg)
        legs = self._legs_of[call]
        del legs[leg]
        if not legs:
            del self._legs_of[call]
        return call
