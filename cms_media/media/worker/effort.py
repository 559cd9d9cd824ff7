"""What the pictures of a worker cost, and what they would cost if nobody shared more than he must. Pure.

Work is counted in pixels of views; its price is what the last ones took.
"""

from dataclasses import dataclass

_USUAL_S_PER_PIXEL = 4.5e-9
"""4 ms for 1280x720: what drawing and encoding took where it was measured; for a worker that has not made one yet."""
_USUAL_PIXELS = 10 * 1280 * 720
"""So much of its own work outweighs the usual price."""
_DRAWN = 0.3
"""What a pane's pixel costs, drawn, of a view's, composed and encoded: 0.9 of 3.2 ns for nine panes of 720p sources."""
_THOROUGH = 1.25
"""What a view costs that is not encoded the quick way."""
_KEPT = 5 / 6
"""What a spell of half a second leaves of what was known before: a price is that of some three seconds."""


@dataclass(frozen=True, slots=True)
class Made:
    """Pictures that went out at once."""

    pixels: int
    drawn_pixels: int
    """Of panes that were drawn for it: all views here share them, however many there are."""
    unshared: int
    """Views that would be made here in its place if nobody shared more than he must."""
    here: bool
    """Made here; else another worker's, passed on."""
    told_price_s: float = 0.0
    """What a pixel of work costs at that worker; 0: it has not said."""


@dataclass(frozen=True, slots=True)
class Spell:
    """The making of pictures over some time."""

    making_s: float
    """Time it took."""
    unshared_s: float
    """Time it would have taken if everybody had seen all but himself, each in a picture of his own."""


class Effort:
    """Adds up pictures; `spell` gives the sum and begins anew."""

    def __init__(self) -> None:
        self._known_s = _USUAL_S_PER_PIXEL * _USUAL_PIXELS
        self._known_work = float(_USUAL_PIXELS)
        self._told_price_s = 0.0
        self._making_s = 0.0
        self._work = 0.0
        self._unshared_work = 0.0

    @property
    def price_s(self) -> float:
        """What a pixel of work costs here."""
        return self._known_s / self._known_work

    def add(self, made: Made, took_s: float) -> None:
        """The worker that passes pictures on would draw the panes, too, once it made its own."""
        drawn = _DRAWN * made.drawn_pixels
        if made.here:
            self._making_s += took_s
            self._work += made.pixels + drawn
        else:
            self._told_price_s = made.told_price_s
            drawn = _DRAWN * made.pixels if made.unshared else 0.0
        self._unshared_work += made.unshared * made.pixels + drawn

    def spell(self, calm: bool, quick: bool) -> Spell:
        """Since it was last asked for; `quick`: so all views would be encoded if they were not shared.

        Prices are those of spells that were `calm`: what pictures took while others had the core is not what they cost.
        A worker that only passes on goes by what the one that makes them pays, else by what it last paid itself.
        """
        if calm and self._work:
            self._known_s = _KEPT * self._known_s + self._making_s
            self._known_work = _KEPT * self._known_work + self._work
        told = self._told_price_s if not self._work else 0.0
        price_s = (told or self.price_s) * (1.0 if quick else _THOROUGH)
        spell = Spell(self._making_s, self._unshared_work * price_s)
        self._making_s, self._work, self._unshared_work, self._told_price_s = 0.0, 0.0, 0.0, 0.0
        return spell
