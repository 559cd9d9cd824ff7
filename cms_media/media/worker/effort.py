"""What the pictures of a worker cost, and what they would cost if nobody shared more than he must. Pure."""

from dataclasses import dataclass

_USUAL_S_PER_PIXEL = 4.5e-9
"""4 ms for 1280x720: what drawing and encoding took where it was measured; for a worker that has not made one yet."""


@dataclass(frozen=True, slots=True)
class Made:
    """Pictures that went out at once."""

    pixels: int
    selves: int
    """Legs that see themselves in them only for the sake of sharing."""
    here: bool
    """Made here; else another worker's, passed on."""


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
        self._s_per_pixel = _USUAL_S_PER_PIXEL
        self._making_s = 0.0
        self._pixels = 0
        self._unshared_pixels = 0

    def add(self, made: Made, took_s: float) -> None:
        """Unshared, each who sees himself would cost one more; the worker that passes it on would make his own."""
        self._unshared_pixels += (made.here + made.selves) * made.pixels
        if made.here:
            self._making_s += took_s
            self._pixels += made.pixels

    def spell(self) -> Spell:
        """Since it was last asked for. A picture's price is that of the last ones made here."""
        if self._pixels:
            self._s_per_pixel = self._making_s / self._pixels
        spell = Spell(self._making_s, self._unshared_pixels * self._s_per_pixel)
        self._making_s, self._pixels, self._unshared_pixels = 0.0, 0, 0
        return spell
