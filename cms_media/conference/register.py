"""All legs and running calls, and the one rule that ties them: after every event a leg is settled.

A call exists from the first leg on its way into the space until the last has begun to end.
"""

import logging
from collections.abc import Iterable, Mapping

from cms_media.base.types import CallId, LegId
from cms_media.conference.call import Call
from cms_media.conference.leg import Leg
from cms_media.conference.leg_state import LegState
from cms_media.conference.ports import MediaPort
from cms_media.conference.space import Space

log = logging.getLogger(__name__)


class Register:
    """Who is where. `settle` may be called at any time, any number of times, also from within itself."""

    def __init__(self, media: MediaPort) -> None:
        self._media = media
        self._legs: dict[LegId, Leg] = {}
        self._calls: dict[CallId, Call] = {}
        self._call_of_space: dict[str, CallId] = {}
        self._expected: dict[CallId, set[LegId]] = {}
        self._sharing = False
        self.calls_begun = 0

    def __len__(self) -> int:
        """Legs whose dialogue is not over."""
        return len(self._legs)

    @property
    def legs(self) -> Iterable[Leg]:
        """A copy: settling may go on meanwhile."""
        return tuple(self._legs.values())

    def find(self, leg: LegId) -> Leg | None:
        """None: never heard of, or over."""
        return self._legs.get(leg)

    def call_in(self, space: Space, new_call: CallId, now: float) -> Call:
        """The call running in the space; one is begun when there is none."""
        key = space.uri.casefold()
        running = self._call_of_space.get(key)
        if running is not None:
            return self._calls[running]
        call = Call(new_call, space, self._media, now)
        call.share(self._sharing)
        self._calls[call.id] = call
        self._call_of_space[key] = call.id
        self._expected[call.id] = set()
        self.calls_begun += 1
        log.info("call begins call=%s space=%s", call.id, space.uri)
        if space.passcode:
            log.warning("passcode is not asked for yet space=%s", space.uri)
        return call

    def add(self, leg: Leg) -> None:
        """A leg on its way into its call."""
        self._legs[leg.id] = leg
        self._expected[leg.identity.call].add(leg.id)

    def settle(self, leg: Leg) -> None:
        """Make roster and register agree with the leg's state."""
        call = self._calls.get(leg.identity.call)
        if call is not None:
            self._place(leg, call)
        if leg.state is LegState.ENDED and self._legs.get(leg.id) is leg:
            del self._legs[leg.id]

    def hear(self, levels_dbov: Mapping[LegId, float], now: float) -> None:
        """Every call hears its own legs, and those without a sound hear silence."""
        by_call: dict[CallId, dict[LegId, float]] = {}
        for leg, level in levels_dbov.items():
            found = self._legs.get(leg)
            if found is not None and found.in_call:
                by_call.setdefault(found.identity.call, {})[leg] = level
        for call in self._calls.values():
            call.hear(by_call.get(call.id, {}), now)

    def share(self, wanted: bool) -> None:
        """Whether pictures are shared as far as they can be, in all calls and those to come."""
        self._sharing = wanted
        for call in self._calls.values():
            call.share(wanted)

    def snapshot(self, now: float) -> list[dict[str, object]]:
        """Every call with its legs; legs that wait for their last word are with the call that they left."""
        legs: dict[CallId, list[dict[str, object]]] = {call: [] for call in self._calls}
        for leg in self._legs.values():
            if leg.identity.call in legs:
                legs[leg.identity.call].append(leg.snapshot(now))
        return [{**call.snapshot(now), "legs": legs[call.id]} for call in self._calls.values()]

    def _place(self, leg: Leg, call: Call) -> None:
        if leg.in_call and leg.id not in call:
            log.info("leg joins leg=%s call=%s name=%s", leg.id, call.id, leg.identity.party.name)
            call.join(leg)
        elif leg.in_call:
            call.refresh()
        elif leg.id in call:
            why = leg.account.ended_by or "media lost"
            log.info("leg leaves leg=%s call=%s by=%s", leg.id, call.id, why)
            call.leave(leg.id)
        if leg.gone:
            self._expected[call.id].discard(leg.id)
            self._end_if_empty(call)

    def _end_if_empty(self, call: Call) -> None:
        if self._expected[call.id]:
            return
        del self._expected[call.id]
        del self._calls[call.id]
        del self._call_of_space[call.space.uri.casefold()]
        log.info("call ends call=%s space=%s", call.id, call.space.uri)
