"""Plays one participant's film as an endpoint would send its camera. Pure: no clock, no sockets.

Asked for a key frame it jumps to the film's first picture; asked for fewer bits it goes on with a smaller cut, at a key
frame, as RFC 5104 section 3.5.4 wants of who gets a TMMBR.
"""

from collections.abc import Mapping

from cms_media.bench.film import CUTS, Film
from cms_media.codecs.encoder import EncodedPicture

SMALLER_BELOW_BPS = {"720p": 1_000_000, "360p": 300_000}
"""With less than that the next smaller cut is sent."""


def cut_for(source: str, limit_bps: int) -> str:
    """What is sent when the peer asked for at most so many bits; 0: it did not ask. Never larger than `source`."""
    names = list(CUTS)
    for name in names[names.index(source) :]:
        if limit_bps == 0 or limit_bps >= SMALLER_BELOW_BPS.get(name, 0):
            return name
    return names[-1]


class Projector:
    """Which picture comes next."""

    def __init__(self, cuts: Mapping[str, Film], source: str) -> None:
        """`source` is the cut to begin with and never to go beyond."""
        self._cuts = cuts
        self._source = source
        self.cut = source
        self._next = 0

    def next_picture(self) -> EncodedPicture:
        """Wants to be called once per frame time."""
        film = self._cuts[self.cut]
        picture = film[self._next]
        self._next = (self._next + 1) % len(film)
        return picture

    def want_key_frame(self) -> None:
        """The next picture is the film's first."""
        self._next = 0

    def obey(self, limit_bps: int) -> None:
        """The peer takes no more than that; 0: no limit."""
        cut = cut_for(self._source, limit_bps)
        if cut != self.cut:
            self.cut = cut
            self._next = 0
