"""What a worker gives up when it cannot keep up, in this order; both ends of the control line know it."""

from enum import IntEnum, auto


class Step(IntEnum):
    """How much is given up; each includes those before it."""

    FULL = 0
    SHARE = auto()
    FPS_20 = auto()
    FPS_15 = auto()
    FPS_10 = auto()
    P540 = auto()
    P360 = auto()

    @property
    def shares(self) -> bool:
        """Everybody who could see the same picture does, himself in it."""
        return self >= Step.SHARE

    @property
    def refuses(self) -> bool:
        """Those who are here have less than they should already: nobody else is let in."""
        return self > Step.SHARE

    @property
    def most_fps(self) -> int | None:
        """Pictures a second at most; None: as negotiated."""
        return {Step.FPS_20: 20, Step.FPS_15: 15}.get(self, 10) if self > Step.SHARE else None

    @property
    def most_height_px(self) -> int | None:
        """Lines of a picture at most; None: as negotiated."""
        return {Step.P540: 540, Step.P360: 360}.get(self)
