"""One composed and encoded picture stream, and the legs that get it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from cms_media.base.types import LegId
from cms_media.codecs.encoder import EncodedPicture, EncoderFormat, VideoEncoder
from cms_media.conference.ports import Scene
from cms_media.layout.types import Size
from cms_media.media.worker.changes import Changes
from cms_media.media.worker.compose import Composer, PartyOf
from cms_media.media.worker.key_frames import KeyFrameSchedule

STILL_INTERVAL_S = 0.095
"""A canvas on which nothing moves is sent every third frame time: cheap, and no receiver takes it for frozen."""


class PictureOut(Protocol):
    """Where encoded pictures go: the engine."""

    def send_video(self, streams: Sequence[int], data: bytes, capture_s: float, key_frame: bool) -> None: ...


class View:
    """Canvas, encoder and receivers. A receiver gets nothing before its first key frame."""

    def __init__(self, output: EncoderFormat, scene: Scene, first_due_s: float, quick: bool = False) -> None:
        """`quick` is how to encode. Raises ResourceError when the encoder does not open."""
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
        self._composer = Composer(Size(output.width_px, output.height_px))
        self._changes = Changes((0, 0, output.width_px, output.height_px))
        self._encoder = VideoEncoder(output, quick)
        self._receivers: dict[LegId, int] = {}
        self._waiting: set[LegId] = set()
        self._key_frames = KeyFrameSchedule()
        self._last_sent_s = float("-inf")
        self._last_change_s = float("-inf")

    @property
    def legs(self) -> frozenset[LegId]:
        """Who gets this view."""
        return frozenset(self._receivers)

    @property
    def height_px(self) -> int:
        """Of its canvas."""
        return self.format.height_px

    def set_receivers(self, streams: Mapping[LegId, int]) -> None:
        """Legs and their video streams. A leg that was not here before begins with a key frame."""
        came = {leg for leg, stream in streams.items() if self._receivers.get(leg) != stream}
        self._receivers = dict(streams)
        self._waiting = (self._waiting & streams.keys()) | came
        self._key_frames.keep(streams)
        for leg in self._waiting:
            self._key_frames.want(leg)

    def want_key_frame(self, leg: LegId, due_s: float) -> None:
        """A receiver lost pictures; it may have to wait until `due_s`."""
        self._key_frames.want(leg, due_s)

    def run(self, party_of: PartyOf, out: PictureOut, now_s: float) -> None:
        """Makes the picture that is due. Raises ResourceError when the encoder fails."""
        changed = self._composer.draw(self.scene, party_of, now_s)
        if changed:
            self._last_change_s = now_s
            self._changes.add(changed)
        key_frame = self._key_frames.due(now_s, len(self._receivers))
        if not (changed or key_frame or now_s - self._last_sent_s >= STILL_INTERVAL_S):
            self._look_again(now_s)
            return
        self._schedule(now_s)
        encoded = self._encoder.encode(self._composer.canvas, key_frame, self._changes.rectangles)
        if encoded.data:
            self._changes.clear()
        self._account(encoded, now_s)
        streams = [stream for leg, stream in self._receivers.items() if leg not in self._waiting]
        if streams and encoded.data:
            out.send_video(streams, encoded.data, now_s, encoded.key_frame)

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
