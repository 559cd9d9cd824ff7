"""The eyes and the face of a dialled call: source ─► encoder ─► engine, access units ─► decoder ─► numbers."""

from collections.abc import Callable
from pathlib import Path

from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.encoder import EncoderFormat, H264Profile, VideoEncoder
from cms_media.codecs.files import open_video_source
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec
from cms_media.endpoint.freezes import FreezeMeter
from cms_media.endpoint.obedience import obeyed
from cms_media.endpoint.options import DialOptions
from cms_media.endpoint.report import VideoReport
from cms_media.layout.types import Size
from cms_media.native import AccessUnit, Engine, video
from cms_media.sdp.plan import StreamPlan, VideoLimits

PictureListener = Callable[[Picture, float], None]
"""Called with every decoded picture and the time its last packet came."""

_LOOK_S = 0.1
"""How often is looked whether the peer asked for another bit rate."""

_SMALLER = (Size(1280, 720), Size(960, 540), Size(640, 360), Size(480, 270), Size(320, 180))


def fitting_size(wanted: Size, limits: VideoLimits) -> Size:
    """The wanted size, or the largest usual one below it that the peer takes."""
    smaller = [size for size in _SMALLER if size.width_px < wanted.width_px]
    for size in (wanted, *smaller):
        if -(-size.width_px // 16) * -(-size.height_px // 16) <= limits.frame_size_mb:
            return size
    return _SMALLER[-1]


class EndpointVideo:
    """Video of one call."""

    def __init__(self, engine: Engine, transport: int, options: DialOptions) -> None:
        self._engine = engine
        self._transport = transport
        self._options = options
        name, _, number = options.video.partition(":")
        self._is_pattern = name == "pattern"
        self._source_number = int(number) if number.isdigit() and self._is_pattern else 0
        self._encoder: VideoEncoder | None = None
        self._agreed: EncoderFormat | None = None
        self._limit_bps = 0
        self._limit_due_s = 0.0
        self._scaled: Picture | None = None
        self._decoder: VideoDecoder | None = None
        self._meter = FreezeMeter()
        self._key_frame_due = True
        self._waiting_for_key = True
        self._codec = ""
        self._started_s = 0.0
        self._first_s = 0.0
        self._frames_sent = 0
        self.key_frames = 0
        self.last: Picture | None = None
        self.listeners: list[PictureListener] = []
        self.on_sent: Callable[[int, float], None] | None = None
        """Called with the number of every picture and the time it was taken, before it is encoded."""

    def start(self, plan: StreamPlan, now: float) -> None:
        """The negotiated format. May come again with another one."""
        options = self._options
        size = fitting_size(options.size, plan.limits)
        output = EncoderFormat(
            codec=plan.send.codec,
            width_px=size.width_px,
            height_px=size.height_px,
            fps=options.fps,
            bitrate_bps=min(options.bitrate_bps, plan.limits.bitrate_bps),
            profile=H264Profile.from_profile_level_id(plan.send.profile_level_id),
        )
        if self._agreed != output:
            name = "pattern" if self._is_pattern else options.video
            self._source = open_video_source(
                name, self._source_number, size.width_px, size.height_px, options.fps
            )
            self._agreed = output
            self._open_encoder(output)
        self._codec = plan.send.codec.value
        self._started_s = self._started_s or now
        self._key_frame_due = True

    def send_picture(self, now: float) -> None:
        """Encodes and sends the next picture; wants to be called `fps` times a second once started."""
        if self._encoder is None:
            return
        self._obey(now)
        picture = self._source.next_picture()
        if self.on_sent is not None:
            self.on_sent(self._frames_sent, now)
        self._frames_sent += 1
        encoded = self._encoder.encode(self._fitted(picture), self._key_frame_due)
        self._key_frame_due = False
        if encoded.data:
            self._engine.send_video([self._transport], encoded.data, now, encoded.key_frame)

    def _obey(self, now: float) -> None:
        """Takes up what the peer last asked of our bit rate. Another size or rate begins with a key frame."""
        if now < self._limit_due_s or self._agreed is None:
            return
        self._limit_due_s = now + _LOOK_S
        limit_bps = int(self._engine.stats(self._transport).get("bitrate_limit_bps", 0))
        if limit_bps != self._limit_bps:
            self._limit_bps = limit_bps
            self._open_encoder(obeyed(self._agreed, limit_bps))

    def _open_encoder(self, output: EncoderFormat) -> None:
        if self._encoder is not None and self._encoder.format == output:
            return
        self._encoder = VideoEncoder(output, quick=True)
        self._scaled = None
        self._key_frame_due = True

    def _fitted(self, picture: Picture) -> Picture:
        """At the size that is sent now."""
        assert self._encoder is not None
        sent = self._encoder.format
        if (picture.width_px, picture.height_px) == (sent.width_px, sent.height_px):
            return picture
        if self._scaled is None:
            self._scaled = Picture.blank(sent.width_px, sent.height_px)
        target = self._scaled.even_rectangle()
        video.scale(picture.planes, picture.even_rectangle(), self._scaled.planes, target)
        return self._scaled

    def want_key_frame(self) -> None:
        """The peer asked for one."""
        self._key_frame_due = True

    def on_access_unit(self, unit: AccessUnit) -> None:
        """One received picture. After a loss nothing is decoded before the next key frame, which is asked for."""
        if unit.key_frame and not unit.damaged:
            self._waiting_for_key = False
            self.key_frames += 1
        elif unit.damaged:
            self._waiting_for_key = True
        if self._waiting_for_key:
            self._engine.request_key_frame(self._transport)
            return
        if self._decoder is None or self._decoder.codec.value != unit.codec:
            self._decoder = VideoDecoder(Codec(unit.codec))
        errors = self._decoder.errors
        pictures = self._decoder.decode(unit.data)
        if self._decoder.errors > errors:
            self._waiting_for_key = True
            self._engine.request_key_frame(self._transport)
        for picture in pictures:
            self._first_s = self._first_s or unit.arrival_s
            if unit.arrival_s >= self._started_s + self._options.settle_s:
                self._meter.on_picture(unit.arrival_s)
            self.last = picture
            for listener in self.listeners:
                listener(picture, unit.arrival_s)

    def save_snapshot(self, path: Path) -> None:
        """The last picture seen as PNG; nothing when there was none."""
        if self.last is not None:
            self.last.save_png(path)

    def report(self) -> VideoReport:
        """Everything seen so far, without the settling time, in numbers."""
        meter, stats = self._meter, self._engine.stats(self._transport)
        return VideoReport(
            codec=self._codec,
            width=self.last.width_px if self.last else 0,
            height=self.last.height_px if self.last else 0,
            frames=meter.frames,
            fps=round(meter.fps, 2),
            freezes=meter.freezes,
            longest_freeze_ms=round(meter.longest_s * 1000, 1),
            key_frames=self.key_frames,
            packets=int(stats["packets_received"]),
            lost=int(stats["packets_lost"]),
            sent_width=self._encoder.format.width_px if self._encoder else 0,
            sent_height=self._encoder.format.height_px if self._encoder else 0,
            asked_bps=self._limit_bps,
            first_picture_ms=round((self._first_s - self._started_s) * 1000, 1) if self._first_s else 0.0,
        )
