"""One composed and encoded picture stream, and the legs that get it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from cms_media.base.types import LegId
from cms_media.codecs.encoder import EncodedPicture, EncoderFormat, VideoEncoder
from cms_media.conference.ports import Scene
from cms_media.layout.types import Size
from cms_media.media.tile import Tile
from cms_media.media.worker.compose import Composer, PartyOf
from cms_media.media.worker.key_frames import KeyFrameSchedule
from cms_media.media.worker.span.relay import Reader, Writer
from cms_media.native import MacroblockMap

STILL_INTERVAL_S = 0.095
"""A canvas on which nothing moves is sent every third frame time: cheap, and no receiver takes it for frozen."""

_RELAY_LOOK_S = 0.005
"""How often a worker looks for what another one encodes: adds half of it to the delay, at some microseconds a look."""

_ELSEWHERE = LegId("")
"""Whoever of another worker's legs wishes for a key frame."""

_LONGEST_PAUSE_S = 1.0
"""Whatever was not sent before that is not made up for."""


class PictureOut(Protocol):
    """Where encoded pictures go: the engine."""

    def send_video(self, streams: Sequence[int], data: bytes, capture_s: float, key_frame: bool) -> None: ...


class View:
    """Canvas, encoder and receivers. A receiver gets nothing before its first key frame."""

    def __init__(
        self,
        output: EncoderFormat,
        scene: Scene,
        first_due_s: float,
        fade_s: float = 0.0,
        quick: bool = False,
    ) -> None:
        """`quick`: as `hurry` would say next. Raises ResourceError when the encoder does not open."""
        self.format = output
        self.scene = scene
        self.due_s = first_due_s
        self.most_fps: int | None = None
        """Fewer pictures than the format says; they are left out, so that no encoder and no key frame is needed."""
        self.frames = 0
        self.key_frames = 0
        self.bytes = 0
        self.late = 0
        """Frame times that were passed over because the worker was behind."""
        self._composer = Composer(Size(output.width_px, output.height_px), fade_s)
        self._writer: Writer | None = None
        self._reader: Reader | None = None
        self._relaying = False
        self._changed = MacroblockMap(output.width_px, output.height_px)
        """Since the picture that was encoded last: drawing and encoding need not go in step."""
        self._encoder = VideoEncoder(output, quick)
        self._receivers: dict[LegId, int] = {}
        self._waiting: set[LegId] = set()
        self._key_frames = KeyFrameSchedule()
        self._last_sent_s = float("-inf")
        self._last_change_s = float("-inf")

    def hurry(self, quick: bool, most_fps: int | None) -> None:
        """Whether it is encoded the quick way, and then nothing fades; how many pictures a second are made at most."""
        self.most_fps = most_fps
        self._composer.fades = not quick
        self._encoder.set_quick(quick)

    def tiles(self) -> frozenset[Tile]:
        """Whom it shows, at which sizes."""
        size = Size(self.format.width_px, self.format.height_px)
        rects = [(pane.leg, pane.rect.scaled(size)) for pane in self.scene.panes]
        return frozenset(
            Tile(leg, rect.width, rect.height) for leg, rect in rects if rect.width > 0 < rect.height
        )

    @property
    def legs(self) -> frozenset[LegId]:
        """Who gets this view."""
        return frozenset(self._receivers)

    @property
    def drawn_pixels(self) -> int:
        """Of panes drawn for it so far, see `Composer`."""
        return self._composer.drawn_pixels

    @property
    def selves(self) -> int:
        """Legs that see themselves in it only for the sake of sharing."""
        return sum(pane.leg in self._receivers for pane in self.scene.panes) if self.scene.shared else 0

    @property
    def unshared(self) -> int:
        """How many would be made here in its place if nobody shared more than he must."""
        others = len(self._receivers) > self.selves or self._writer is not None
        return self.selves + (others and not self._relaying)

    def set_receivers(self, streams: Mapping[LegId, int]) -> None:
        """Legs and their video streams. A leg that was not here before begins with a key frame."""
        came = {leg for leg, stream in streams.items() if self._receivers.get(leg) != stream}
        self._receivers = dict(streams)
        self._waiting = (self._waiting & streams.keys()) | came
        self._key_frames.keep({*streams, _ELSEWHERE})
        for leg in self._waiting:
            self._key_frames.want(leg)

    def want_key_frame(self, leg: LegId, due_s: float) -> None:
        """A receiver lost pictures; it may have to wait until `due_s`."""
        self._key_frames.want(leg, due_s)

    # --- legs on several workers ----------------------------------------------------------------------------

    @property
    def relays(self) -> bool:
        """Whether another worker encodes it."""
        return self._relaying

    def share_with_others(self, writer: Writer | None) -> None:
        """Other workers read what is encoded here from now on; None: no longer."""
        self._writer = writer

    @property
    def told_price_s(self) -> float:
        """What a pixel of work costs at the worker that encodes it; 0: it is this one, or has not said."""
        return self._reader.price_s if self._reader is not None and self._relaying else 0.0

    def tell_price(self, price_s: float) -> None:
        """What it costs here: for those who read."""
        if self._writer is not None:
            self._writer.price_s = price_s

    def relay(self, reader: Reader) -> None:
        """From its next key frame on, what another worker encodes is sent instead."""
        if self._reader is None or self._reader.path != reader.path:
            self._reader = reader

    def encode_again(self) -> None:
        """Nothing comes from the other worker any more. Idempotent."""
        if self._relaying:
            self._wait_for_key_frame()
        self._reader, self._relaying = None, False

    # --- one picture ----------------------------------------------------------------------------------------

    def run(self, party_of: PartyOf, out: PictureOut, now_s: float) -> None:
        """Makes the picture that is due, or passes on another worker's. Raises ResourceError when the encoder fails."""
        if self._reader is not None and self._pass_on(self._reader, out, now_s):
            return
        if self._writer is not None and self._writer.key_frame_wished():
            self._key_frames.want(_ELSEWHERE)
        changed = self._composer.draw(self.scene, party_of, now_s, self._changed)
        if changed:
            self._last_change_s = now_s
        key_frame = self._key_frames.due(now_s, len(self._receivers))
        if not (changed or key_frame or now_s - self._last_sent_s >= STILL_INTERVAL_S):
            self._look_again(now_s)
            return
        self._schedule(now_s)
        elapsed_s = min(now_s - self._last_sent_s, _LONGEST_PAUSE_S)
        encoded = self._encoder.encode(self._composer.canvas, key_frame, self._changed, elapsed_s)
        if encoded.data:
            self._changed.clear()
        if self._writer is not None:
            self._writer.write(encoded, now_s)
        self._send(encoded, out, now_s, now_s)

    def _send(self, encoded: EncodedPicture, out: PictureOut, capture_s: float, now_s: float) -> None:
        self._account(encoded, now_s)
        streams = [stream for leg, stream in self._receivers.items() if leg not in self._waiting]
        if streams and encoded.data:
            out.send_video(streams, encoded.data, capture_s, encoded.key_frame)

    def _pass_on(self, reader: Reader, out: PictureOut, now_s: float) -> bool:
        """False: it is still, or again, ours to encode."""
        pictures = reader.take(now_s)
        if reader.stale(now_s):
            self.encode_again()
            return False
        if self._relaying and not reader.running:  # a gap: no receiver can decode what follows
            self._wait_for_key_frame()
        self._relaying |= reader.running
        for each in pictures:
            self._send(each.picture, out, each.capture_s, now_s)
        if self._relaying:
            self._wish_elsewhere(reader, now_s)
            self.due_s = now_s + _RELAY_LOOK_S
        return self._relaying

    def _wish_elsewhere(self, reader: Reader, now_s: float) -> None:
        """It is written down there until it is made."""
        if self._key_frames.due(now_s, len(self._receivers)):
            reader.wish_key_frame()
            self._key_frames.made(now_s)

    def _wait_for_key_frame(self) -> None:
        """No receiver can decode what comes next."""
        self._waiting = set(self._receivers)
        for leg in self._waiting:
            self._key_frames.want(leg)

    def _look_again(self, now_s: float) -> None:
        """Nothing new: a source that is only a little late is waited for, so a lone one sets the beat of its view.

        Passing over the whole frame time would show 25 of 30 pictures whenever the two clocks come near each other.
        """
        interval_s = self._interval_s
        lately = now_s - self._last_change_s < 2 * interval_s
        self.due_s = now_s + (interval_s / 8 if lately else interval_s)

    def _schedule(self, now_s: float) -> None:
        """The next frame time on this view's own grid; what lies in the past is passed over and counted."""
        interval_s = self._interval_s
        missed = max(0, int((now_s - self.due_s) / interval_s))
        self.late += missed
        self.due_s += (missed + 1) * interval_s

    @property
    def _interval_s(self) -> float:
        return 1 / min(self.format.fps, self.most_fps or self.format.fps)

    def _account(self, encoded: EncodedPicture, now_s: float) -> None:
        self.frames += 1
        self.bytes += len(encoded.data)
        self._last_sent_s = now_s
        if encoded.key_frame:
            self.key_frames += 1
            self._key_frames.made(now_s)
            self._waiting.clear()
