"""All views of a worker: who gets which, and whose turn it is to be made.

Views are staggered over the frame time so that their encodes do not burst.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import blake2b
from itertools import count

from cms_media.base.types import LegId
from cms_media.codecs.encoder import EncoderFormat
from cms_media.media.json_codec import to_json
from cms_media.media.messages import EncodeView, ExportView, ImportView, StopView, ViewMade
from cms_media.media.tile import Tile
from cms_media.media.worker.compose import PartyOf
from cms_media.media.worker.effort import Made
from cms_media.media.worker.key_frames import Askers
from cms_media.media.worker.sharing import Shared, ViewId, ViewKey, share
from cms_media.media.worker.span.relay import Reader, Writer
from cms_media.media.worker.view import PictureOut, View

_GOLDEN = 0.618033988749895
"""Multiples of it modulo 1 spread any number of views evenly over the frame time."""

_UNHURRIED_PIXELS = 2 * 1280 * 720 * 30
"""A second, over all views: two see each other as well as can be; with more to make, all go the quick way."""

log = logging.getLogger(__name__)


class Gallery:
    """Views by what legs wish to see."""

    def __init__(self, out: PictureOut, party_of: PartyOf, fade_s: float = 0.0) -> None:
        """`fade_s` is how long one layout fades into the next."""
        self._fade_s = fade_s
        self._out = out
        self._party_of = party_of
        self._wishes: dict[LegId, tuple[ViewKey, int]] = {}
        self._views: dict[ViewId, View] = {}
        self._view_of: dict[LegId, View] = {}
        self._ids = count(1)
        self._stale = False
        self._askers = Askers()
        self._alone: frozenset[LegId] = frozenset()
        self.failures = 0
        self.late = 0
        """Frame times passed over because the worker was behind."""
        self.encodes = 0
        """Pictures made, over all views there have been."""
        self._quick = False
        self._most_fps: int | None = None

    def wish(self, leg: LegId, key: ViewKey | None, stream: int | None) -> None:
        """What the leg is to see from the next `regroup` on, on which stream; None is nothing."""
        wanted = None if key is None or stream is None else (key, stream)
        if self._wishes.get(leg) == wanted:
            return
        self._stale = True
        if wanted is None:
            del self._wishes[leg]
            self._askers.forget(leg)
        else:
            self._wishes[leg] = wanted

    def regroup(self, now_s: float) -> bool:
        """Shares views anew if a wish has changed; True when it did."""
        if not self._stale:
            return False
        self._stale = False
        current = {number: (view.format, view.legs) for number, view in self._views.items()}
        old, self._views, self._view_of = self._views, {}, {}
        groups = share({leg: self._key_of(leg) for leg in self._wishes}, current)
        quick = self._goes_quick(group.key.format for group in groups)
        for shared in sorted(groups, key=lambda group: group.continues is None):
            self._place(shared, old, quick, now_s)
        self._set_pace()
        return True

    def tiles(self) -> frozenset[Tile]:
        """Everybody whom somebody sees, at every size."""
        return frozenset[Tile]().union(*(view.tiles() for view in self._views.values()))

    def want_key_frame(self, leg: LegId, now_s: float) -> None:
        """The leg lost pictures, or its endpoint asks for a fresh start."""
        view = self._view_of.get(leg)
        if view is not None:
            view.want_key_frame(leg, self._askers.ask(leg, len(view.legs), now_s))

    def separate(self, spare: bool, now_s: float) -> None:
        """Now and then: who asks for key frames too often gets a view of his own, if there is time to `spare`."""
        receivers = {leg: len(view.legs) for leg, view in self._view_of.items()}
        alone = self._askers.alone(receivers, spare, now_s)
        if alone != self._alone:
            log.info("event=views_apart legs=%s", ",".join(sorted(alone)))
            self._alone = alone
            self._stale = True

    def hurry(self, quick: bool, most_fps: int | None) -> None:
        """Whether all are to be encoded the quick way, and how many pictures a second are made of each at most."""
        self._quick, self._most_fps = quick, most_fps
        self._set_pace()

    def tell_price(self, price_s: float) -> None:
        """What a pixel of work costs here, see `Effort`: for workers that pass on what is encoded here."""
        for view in self._views.values():
            view.tell_price(price_s)

    @property
    def quick_unshared(self) -> bool:
        """Whether all would go the quick way if nobody shared more than he must."""
        pixels_per_s = sum(view.unshared * _pixels_per_s(view.format) for view in self._views.values())
        return pixels_per_s > _UNHURRIED_PIXELS

    @property
    def alone(self) -> int:
        """Legs with a view of their own because they ask for key frames too often."""
        return len(self._alone)

    def view_of(self, leg: LegId) -> View | None:
        """The view that the leg gets."""
        return self._view_of.get(leg)

    def views(self) -> list[View]:
        """All of them."""
        return list(self._views.values())

    # --- views that legs on several workers see -------------------------------------------------------------

    def made(self, of: Callable[[LegId], bool]) -> tuple[ViewMade, ...]:
        """Every view with a leg for which `of` is true, as control compares them."""
        return tuple(
            ViewMade(number, _picture(view), len(view.legs), view.selves)
            for number, view in self._views.items()
            if any(map(of, view.legs)) and view.legs.isdisjoint(self._alone)
        )

    def carry_out(self, message: ExportView | StopView | ImportView | EncodeView, now_s: float) -> None:
        """What control decided about a view; one that has ended is passed over. Raises OSError, ValueError."""
        view = self._views.get(ViewId(message.view))
        if view is None:
            return
        match message:
            case ExportView():
                view.share_with_others(Writer(message.path))
            case StopView():
                view.share_with_others(None)
            case ImportView():
                view.relay(Reader(message.path, now_s))
            case EncodeView():
                view.encode_again()

    # ----------------------------------------------------------------------------------------------------------

    def next_due_s(self) -> float | None:
        """When the next view is due."""
        return min((view.due_s for view in self._views.values()), default=None)

    def run_due(self, now_s: float) -> Made | None:
        """Makes the one view that is due first, if it is due: packets are looked after between two encodes."""
        number = min(self._views, key=lambda each: self._views[each].due_s, default=None)
        if number is None or self._views[number].due_s > now_s:
            return None
        view = self._views[number]
        late, frames, key_frames, drawn = view.late, view.frames, view.key_frames, view.drawn_pixels
        with self._losing_at_most(number):
            view.run(self._party_of, self._out, now_s)
        self.late += view.late - late
        self.encodes += 0 if view.relays else view.frames - frames
        if view.key_frames > key_frames:
            self._askers.served(view.legs, now_s)
        pixels = view.format.width_px * view.format.height_px * (view.frames - frames)
        drawn = view.drawn_pixels - drawn
        return Made(pixels, drawn, view.unshared, not view.relays, view.told_price_s) if pixels else None

    def _key_of(self, leg: LegId) -> ViewKey:
        key, _ = self._wishes[leg]
        return replace(key, alone=leg) if leg in self._alone else key

    def _place(self, shared: Shared, old: dict[ViewId, View], quick: bool, now_s: float) -> None:
        streams = {leg: self._wishes[leg][1] for leg in sorted(shared.legs)}
        number = shared.continues
        if number is not None:
            view = old[number]
        else:
            number = ViewId(next(self._ids))
            opened = self._open(number, shared.key, quick, now_s)
            if opened is None:
                return
            view = opened
        view.scene = shared.key.scene
        view.set_receivers(streams)
        self._views[number] = view
        self._view_of.update(dict.fromkeys(streams, view))

    def _open(self, number: ViewId, key: ViewKey, quick: bool, now_s: float) -> View | None:
        try:
            first_due_s = now_s + self._phase_s(number, key.format)
            return View(key.format, key.scene, first_due_s, self._fade_s, quick)
        except Exception:  # as in `_losing_at_most`: nobody else loses anything
            self.failures += 1
            log.exception("event=view_failed format=%s", key.format)
            return None

    def _set_pace(self) -> None:
        quick = self._goes_quick(view.format for view in self._views.values())
        for number, view in list(self._views.items()):
            with self._losing_at_most(number):
                view.hurry(quick, self._most_fps)

    def _goes_quick(self, formats: Iterable[EncoderFormat]) -> bool:
        """Whether views of these formats are encoded the quick way."""
        return self._quick or sum(map(_pixels_per_s, formats)) > _UNHURRIED_PIXELS

    @staticmethod
    def _phase_s(number: ViewId, output: EncoderFormat) -> float:
        return number * _GOLDEN % 1.0 / output.fps

    @contextmanager
    def _losing_at_most(self, number: ViewId) -> Iterator[None]:
        """At an encoder's failure or our own its receivers lose this view, and nobody else loses anything."""
        try:
            yield
        except Exception:
            log.exception("event=view_failed legs=%s", ",".join(sorted(self._views[number].legs)))
            self._drop(number)

    def _drop(self, number: ViewId) -> None:
        self.failures += 1
        for leg in self._views.pop(number).legs:
            self._view_of.pop(leg, None)
            self._wishes.pop(leg, None)


def _pixels_per_s(output: EncoderFormat) -> int:
    return output.width_px * output.height_px * output.fps


def _picture(view: View) -> str:
    """Equal for views of any worker that show the same in the same format."""
    shown = json.dumps([to_json(view.scene), to_json(view.format)], sort_keys=True)
    return blake2b(shown.encode(), digest_size=12).hexdigest()
