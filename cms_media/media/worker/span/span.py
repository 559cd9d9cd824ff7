"""What this worker gives to and takes from others for the calls that it shares with them."""

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from cms_media.base.types import CallId, LegId
from cms_media.media.messages import (
    DropTile,
    ExportTile,
    ImportTile,
    Message,
    SpanCall,
    StopTile,
    TilesWanted,
    ViewMade,
    ViewsMade,
)
from cms_media.media.tile import Tile
from cms_media.media.worker.party import Party
from cms_media.media.worker.source import Source
from cms_media.media.worker.span.remotes import Remotes
from cms_media.media.worker.span.tile_exports import TileExports
from cms_media.native import SlotRing

log = logging.getLogger(__name__)

SpanMessage = SpanCall | ExportTile | StopTile | ImportTile | DropTile


class Rooms(Protocol):
    """The engine's part: the sums of the talkers."""

    def span_room(self, room: int, write: SlotRing | None, read: list[SlotRing]) -> None: ...


class Seen(Protocol):
    """The gallery's part."""

    def tiles(self) -> frozenset[Tile]: ...
    def made(self, of: Callable[[LegId], bool]) -> tuple[ViewMade, ...]: ...


class Home(Protocol):
    """The worker's own legs."""

    def source_of(self, leg: LegId) -> Source | None: ...
    def call_of(self, leg: LegId) -> CallId | None: ...
    def room_of(self, call: CallId) -> int | None: ...


class Span:
    """Keeps what control asked for, and tells it what changes here."""

    def __init__(self, home: Home, gallery: Seen, rooms: Rooms, report: Callable[[Message], None]) -> None:
        self._home = home
        self._gallery = gallery
        self._rooms = rooms
        self._report = report
        self._remotes = Remotes()
        self.exports = TileExports(home.source_of)
        self._calls: set[CallId] = set()
        self._wanted: frozenset[Tile] = frozenset()
        self._made: tuple[ViewMade, ...] = ()
        self._stale = False

    def party(self, leg: LegId) -> Party | None:
        """Somebody whose leg another worker has; None as long as nothing is known of him."""
        return self._remotes.party(leg)

    @property
    def spans(self) -> bool:
        """A call goes on in another worker."""
        return bool(self._calls)

    def snapshot(self) -> Mapping[str, int]:
        """For status."""
        return {"tiles_written": len(self.exports), "tiles_read": len(self._wanted)}

    # --- from control ---------------------------------------------------------------------------------------

    def carry_out(self, message: SpanMessage) -> None:
        """A ring that is not there (any more) leaves a name card or silence behind, and is logged."""
        try:
            self._carry_out(message)
        except (OSError, ValueError) as error:
            log.error("event=ring_missing message=%s error=%s", message, error)
        self._stale = True

    def _carry_out(self, message: SpanMessage) -> None:
        match message:
            case SpanCall():
                self._span(message)
            case ExportTile(tile, path):
                self.exports.add(tile, path)
            case StopTile(tile):
                self.exports.remove(tile)
            case ImportTile(tile, label, path):
                if tile in self._wanted:
                    self._remotes.attach(tile, label, path)
            case DropTile(tile):
                self._remotes.detach(tile)

    def _span(self, message: SpanCall) -> None:
        room = self._home.room_of(message.call)
        if room is None:
            return
        spans = bool(message.write or message.read)
        (self._calls.add if spans else self._calls.discard)(message.call)
        write = SlotRing(message.write) if message.write else None
        self._rooms.span_room(room, write, [SlotRing(path) for path in message.read])

    # --- from this worker -----------------------------------------------------------------------------------

    def settle(self, regrouped: bool) -> bool:
        """After messages: tells control what is shown now. True when other sources than before may be watched."""
        stale, self._stale = self._stale or regrouped, False
        if not stale:
            return False
        self._want(frozenset(t for t in self._gallery.tiles() if self._home.source_of(t.leg) is None))
        made = self._gallery.made(self._spans) if self._calls else ()
        if made != self._made:
            self._made = made
            self._report(ViewsMade(made))
        return True

    def seen(self) -> frozenset[Tile]:
        """Everybody whom somebody sees, here or elsewhere, at every size."""
        return self._gallery.tiles() | self.exports.tiles()

    def leg_closed(self, leg: LegId) -> None:
        """It was ours."""
        self.exports.remove_leg(leg)
        self._stale = True

    def call_ended(self, call: CallId, room: int) -> None:
        """None of its legs is here any more."""
        if call in self._calls:
            self._calls.discard(call)
            self._rooms.span_room(room, None, [])

    def _want(self, tiles: frozenset[Tile]) -> None:
        if tiles == self._wanted:
            return
        self._wanted = tiles
        self._remotes.keep(tiles)
        self._report(TilesWanted(tuple(sorted(tiles, key=str))))

    def _spans(self, leg: LegId) -> bool:
        return self._home.call_of(leg) in self._calls
