"""Who of a call's workers hears whom: each writes the sum of its own talkers, all others of the call read it."""

from collections.abc import Set as AbstractSet

from cms_media.base.types import CallId
from cms_media.media.messages import SpanCall
from cms_media.media.span.seams import RingMaker, Send

_SLOTS = 8
"""A reader takes what is one tick old; a writer that is held up has made up for five ticks at most."""
_SLOT_BYTES = 4 * 960
"""20 ms of 48 kHz as 32-bit sums."""


class AudioExchange:
    """The sums that cross between workers."""

    def __init__(self, rings: RingMaker, send: Send) -> None:
        self._rings = rings
        self._send = send
        self._sums: dict[CallId, dict[int, str]] = {}

    def snapshot(self) -> int:
        """Calls that span workers."""
        return len(self._sums)

    def places(self, call: CallId, places: AbstractSet[int]) -> None:
        """Where the call has legs now."""
        old = self._sums.get(call, {})
        wanted = places if len(places) > 1 else frozenset[int]()
        if old.keys() == wanted:
            return
        new = {place: path for place, path in old.items() if place in wanted}
        for place in sorted(wanted - old.keys()):
            path = self._rings.make(f"sum-{call[:8]}-{place}", _SLOTS, _SLOT_BYTES)
            if path is not None:
                new[place] = path
        self._sums[call] = new
        if not new:
            del self._sums[call]
        for place in sorted(places):
            others = tuple(path for other, path in sorted(new.items()) if other != place)
            self._send(place, SpanCall(call, new.get(place, ""), others if place in wanted else ()))
        for place in old.keys() - wanted:
            self._rings.remove(old[place])

    def place_lost(self, place: int) -> None:
        """What comes in its place writes to a ring of its own."""
        for call in [call for call, sums in self._sums.items() if place in sums]:
            self.places(call, self._sums[call].keys() - {place})
