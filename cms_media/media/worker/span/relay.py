"""One encode for legs on several workers: who encodes writes, everybody else reads and sends.

Writer.write (per encoded picture) ─► ring ─► Reader.take (every new one, in order) ─► the receivers of that worker
"""

from typing import NamedTuple

from cms_media.codecs.encoder import EncodedPicture
from cms_media.native import SlotRing

STALE_S = 1.0
"""A canvas on which nothing moves is sent ten times a second, too: a writer silent for longer has died or hangs."""


_PRICES_PER_S = 1e12
"""A price is passed on in picoseconds, above the bit that says whether it is a key frame."""


class Relayed(NamedTuple):
    """A picture that another worker encoded."""

    picture: EncodedPicture
    capture_s: float


class Writer:
    """The encoding worker's end."""

    def __init__(self, path: str) -> None:
        """Raises OSError or ValueError when there is no ring."""
        self._ring = SlotRing(path)
        self._number = self._ring.newest()
        self._wishes = 0
        self.price_s = 0.0
        """What a pixel of work costs here, see `Effort`: readers are told."""

    def write(self, picture: EncodedPicture, capture_s: float) -> None:
        """What is bigger than a slot is left out: readers notice the gap and wish for a key frame.

        A picture that was held leaves no gap: what follows builds on the one before.
        """
        size = len(picture.data)
        if size == 0:
            return
        self._number += 1
        if size > self._ring.slot_bytes:
            return
        self._ring.begin(self._number)[:size] = picture.data
        tag = round(self.price_s * _PRICES_PER_S) << 1 | picture.key_frame
        self._ring.commit(self._number, size, capture_s, tag)

    def key_frame_wished(self) -> bool:
        """Whether a reader has wished for a key frame since this was last asked."""
        before, self._wishes = self._wishes, self._ring.wishes()
        return self._wishes != before


class Reader:
    """A sending worker's end. Nothing comes of it before a key frame, nor after a gap."""

    def __init__(self, path: str, now_s: float) -> None:
        """Raises OSError or ValueError when there is no ring."""
        self.path = path
        self._ring = SlotRing(path)
        self._next = self._ring.newest() + 1
        self._newest_s = now_s
        self.running = False
        """A key frame has come, and everything since."""
        self.price_s = 0.0
        """What a pixel of work costs where it is encoded, as of the last picture."""
        self.wish_key_frame()

    def wish_key_frame(self) -> None:
        """Asks the writer; it limits how often it obeys."""
        self._ring.wish()

    def take(self, now_s: float) -> list[Relayed]:
        """Every picture since the last call that a receiver can decode."""
        taken = []
        for number in range(self._next, self._ring.newest() + 1):
            self._newest_s = now_s
            found = self._read(number)
            if found is None:
                self._miss()
            elif found.picture.key_frame or self.running:
                self.running = True
                taken.append(found)
            self._next = number + 1
        return taken

    def stale(self, now_s: float) -> bool:
        """Nothing has come for too long."""
        return now_s - self._newest_s > STALE_S

    def _read(self, number: int) -> Relayed | None:
        record = self._ring.read(number)
        if record is None:
            return None
        memory, capture_s, tag = record
        data = bytes(memory)
        if not self._ring.intact(number):
            return None
        self.price_s = (tag >> 1) / _PRICES_PER_S
        return Relayed(EncodedPicture(data, bool(tag & 1)), capture_s)

    def _miss(self) -> None:
        if self.running:
            self.wish_key_frame()
        self.running = False
