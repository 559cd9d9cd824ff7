"""One leg's incoming video: decoded only while somebody sees it.

A decoder goes on only where a key frame began: after loss, an error or a pause the source waits for one and
asks for it. A picture that stays away is first dimmed, then given up for the leg's name card.
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec

DIM_AFTER_S = 1.0
GONE_AFTER_S = 5.0


class Unit(Protocol):
    """What a source needs of a native AccessUnit."""

    @property
    def codec(self) -> str: ...
    @property
    def data(self) -> bytes: ...
    @property
    def key_frame(self) -> bool: ...
    @property
    def damaged(self) -> bool: ...


class Look(Enum):
    """How a source is shown now."""

    LIVE = auto()
    DIMMED = auto()
    CARD = auto()


def look_of_age(age_s: float) -> Look:
    """How a picture is shown that was last known good so long ago."""
    if age_s < DIM_AFTER_S:
        return Look.LIVE
    return Look.DIMMED if age_s < GONE_AFTER_S else Look.CARD


class Source:
    """Access units in, the newest picture out."""

    def __init__(self, ask_for_key_frame: Callable[[], None]) -> None:
        """`ask_for_key_frame` may be called at every unit: it limits itself."""
        self.picture: Picture | None = None
        self.version = 0
        """Counts pictures: a tile of the same version is still good."""
        self.units = 0
        """Handed in; of those that nobody sees the engine keeps most to itself."""
        self.skipped = 0
        """Units not decoded: nobody looked, or a key frame had to come first."""
        self.errors = 0
        self.freezes = 0
        self.longest_gap_s = 0.0
        self._ask = ask_for_key_frame
        self._decoder: VideoDecoder | None = None
        self._wanted_since_s: float | None = None
        self._needs_key_frame = True
        self._last_unit_s: float | None = None
        self._last_picture_s: float | None = None
        self._frozen = False

    @property
    def watched(self) -> bool:
        """Somebody sees it."""
        return self._wanted_since_s is not None

    def watch(self, wanted: bool, now_s: float) -> None:
        """Somebody sees the source, or nobody any more."""
        if wanted == self.watched:
            return
        self._wanted_since_s = now_s if wanted else None
        self._needs_key_frame = True
        if wanted and self._last_unit_s is not None:
            self._ask()

    def end(self) -> None:
        """The peer sends no video any more: what was last seen is not shown a moment longer."""
        self.picture = None
        self._last_unit_s = self._last_picture_s = None
        self._needs_key_frame = True

    def accept(self, unit: Unit, now_s: float) -> None:
        """The next access unit, in order."""
        self.units += 1
        self._last_unit_s = now_s
        if self._wanted_since_s is None:
            self.skipped += 1
            return
        if unit.damaged or (self._needs_key_frame and not unit.key_frame):
            self.skipped += 1
            self._wait_for_key_frame()
            return
        self._decode(unit, now_s)

    def look(self, now_s: float) -> Look:
        """Live, dimmed after a second without a picture, and the name card after five or before the first."""
        return Look.CARD if self.picture is None else look_of_age(now_s - self.fresh_s)

    def picture_at(self, width_px: int, height_px: int) -> Picture | None:
        """What a pane of this size is drawn from: the picture itself."""
        return self.picture

    def live(self, now_s: float) -> bool:
        """Whether there is video: pictures while it is watched, else just access units."""
        if self._last_unit_s is None:
            return False
        newest_s = self._last_unit_s if self._wanted_since_s is None else self.fresh_s
        return now_s - newest_s < GONE_AFTER_S

    def count_freeze(self, now_s: float) -> None:
        """Called now and then: counts each time that a watched picture becomes a dimmed one."""
        frozen = self._wanted_since_s is not None and self.look(now_s) is Look.DIMMED
        self.freezes += frozen and not self._frozen
        self._frozen = frozen

    def renew(self, now_s: float) -> None:
        """The picture has new pixels."""
        self.version += 1
        self._last_picture_s = now_s

    @property
    def fresh_s(self) -> float:
        """When the picture was last known good: a source that just came into view has its time of grace.

        Not one that had stopped before: being looked at again does not bring it back to life.
        """
        grace_s = min(self._wanted_since_s or 0.0, self._last_unit_s or 0.0)
        return max(self._last_picture_s or 0.0, grace_s)

    def _wait_for_key_frame(self) -> None:
        self._needs_key_frame = True
        self._ask()

    def _decode(self, unit: Unit, now_s: float) -> None:
        codec = Codec(unit.codec)
        if self._decoder is None or self._decoder.codec is not codec:
            self._decoder = VideoDecoder(codec)
            if not unit.key_frame:  # the peer changed codecs and the key frame that began it was lost
                self.skipped += 1
                self._wait_for_key_frame()
                return
        errors = self._decoder.errors
        pictures = self._decoder.decode(unit.data)
        if self._decoder.errors > errors:
            self.errors += 1
            self._wait_for_key_frame()
            return
        self._needs_key_frame = False
        if pictures and min(pictures[-1].even_rectangle()[2:]) > 0:  # VP8 may be one pixel wide
            self._show(pictures[-1], now_s)

    def _show(self, picture: Picture, now_s: float) -> None:
        if self._last_picture_s is not None:
            self.longest_gap_s = max(self.longest_gap_s, now_s - self.fresh_s)
        self.picture = picture
        self.renew(now_s)
