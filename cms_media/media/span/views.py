"""Which views of several workers are one: encoded by one of them, sent by all.

reports (what each view of a spanning call shows) ─► groups that show the same ─► one owner each, the rest import

A picture changes at all workers within the same moment, but their reports come one after the other: an import whose
two ends differ is given GRACE_S before it is given up, so that a change of speaker costs no key frame.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cms_media.media.messages import EncodeView, ExportView, ImportView, StopView, ViewMade
from cms_media.media.span.seams import RingMaker, Send

GRACE_S = 0.5

_SLOTS = 16
"""Half a second: a reader that is further behind needs a key frame anyway."""
_SLOT_BYTES = 192 * 1024
"""A key frame is bounded to half a second of 2 Mbit/s, 125 KB."""


class ViewAt(NamedTuple):
    """A view of a worker, by its own number for it."""

    place: int
    view: int


class ViewExchange:
    """The encoded views that cross between workers."""

    def __init__(self, rings: RingMaker, send: Send) -> None:
        self._rings = rings
        self._send = send
        self._made: dict[ViewAt, ViewMade] = {}
        self._owner_of: dict[ViewAt, ViewAt] = {}
        """Of every import."""
        self._paths: dict[ViewAt, str] = {}
        """The ring of every owner."""
        self._apart_since_s: dict[ViewAt, float] = {}

    def snapshot(self) -> int:
        """Encodes that are saved now."""
        return len(self._owner_of)

    def report(self, place: int, views: Iterable[ViewMade], now_s: float) -> None:
        """All views of spanning calls that a worker has now."""
        self._made = {at: made for at, made in self._made.items() if at.place != place}
        self._made |= {ViewAt(place, made.view): made for made in views}
        self.settle(now_s)

    def place_lost(self, place: int, now_s: float) -> None:
        """Its views are gone; whoever imported them encodes again."""
        for gone in [at for at in self._owner_of if at.place == place]:
            del self._owner_of[gone]
        for gone in [at for at in self._paths if at.place == place]:
            self._rings.remove(self._paths.pop(gone))
        self.report(place, (), now_s)

    def settle(self, now_s: float) -> None:
        """Also to be called some times a second: what was given grace may have used it up."""
        wanted = self._wanted()
        for at in [at for at in self._owner_of if wanted.get(at) != self._owner_of[at]]:
            self._let_go(at, at in wanted, now_s)
        for at, owner in wanted.items():
            self._apart_since_s.pop(at, None)
            if at not in self._owner_of and self._path(owner):
                self._owner_of[at] = owner
                self._send(at.place, ImportView(at.view, self._paths[owner]))
        for owner in self._paths.keys() - set(self._owner_of.values()):
            self._rings.remove(self._paths.pop(owner))
            if owner in self._made:
                self._send(owner.place, StopView(owner.view))

    def _wanted(self) -> dict[ViewAt, ViewAt]:
        """Who should import from whom; every group of equal views has one owner."""
        work = self._work()
        groups: dict[str, list[ViewAt]] = {}
        for at, made in sorted(self._made.items()):
            groups.setdefault(made.picture, []).append(at)
        wanted: dict[ViewAt, ViewAt] = {}
        for group in groups.values():
            owner = self._owner(group, work)
            work[owner.place] += owner in self._owner_of
            work.subtract(at.place for at in group if at != owner and at not in self._owner_of)
            wanted |= {at: owner for at in group if at.place != owner.place}
        return wanted

    def _work(self) -> Counter[int]:
        """Views that every place makes; those that it would make once nobody has to share any more are in it.

        So a worker need not step up to more than the others only because it made the shared one.
        """
        work = Counter[int]()
        for at, made in self._made.items():
            work[at.place] += made.selves + (at not in self._owner_of)
        return work

    def _owner(self, group: Sequence[ViewAt], work: Counter[int]) -> ViewAt:
        """Who has the least to make, or the most legs; but a change costs a key frame and must make work more even."""
        least = max(group, key=lambda at: (-work[at.place], self._made[at].legs))
        read = [at for at in group if at in self._paths]
        now = max(read, key=lambda at: (-work[at.place], self._made[at].legs), default=least)
        return least if work[now.place] - work[least.place] >= 2 else now

    def _let_go(self, at: ViewAt, other_owner: bool, now_s: float) -> None:
        owner = self._owner_of[at]
        both = at in self._made and owner in self._made and owner not in self._owner_of
        if both and not other_owner:
            since_s = self._apart_since_s.setdefault(at, now_s)
            if now_s - since_s < GRACE_S:
                return
        del self._owner_of[at]
        self._apart_since_s.pop(at, None)
        if at in self._made and not other_owner:
            self._send(at.place, EncodeView(at.view))

    def _path(self, owner: ViewAt) -> str | None:
        """The owner's ring; None when there is no memory for it: then everybody encodes for himself."""
        if owner in self._owner_of:  # it is to write, so it cannot go on reading
            del self._owner_of[owner]
            self._apart_since_s.pop(owner, None)
            self._send(owner.place, EncodeView(owner.view))
        if owner not in self._paths:
            path = self._rings.make(f"view-{owner.place}-{owner.view}", _SLOTS, _SLOT_BYTES)
            if path is None:
                return None
            self._paths[owner] = path
            self._send(owner.place, ExportView(owner.view, path))
        return self._paths[owner]
