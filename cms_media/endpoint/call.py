"""One dialled call: a leg with a mouth, ears, eyes and a face, and the numbers that they come to."""

import time

from cms_media.base.types import LegId, MediaKind
from cms_media.codecs.encoder import EncoderFormat
from cms_media.codecs.table import CODECS
from cms_media.conference.ports import SignallingPort
from cms_media.endpoint.audio import EndpointAudio
from cms_media.endpoint.leg import EndpointLeg
from cms_media.endpoint.options import DialOptions
from cms_media.endpoint.report import DialReport
from cms_media.endpoint.video import EndpointVideo
from cms_media.media.worker.streams import audio_stream, video_stream
from cms_media.native import AccessUnit, Engine, KeyFrameRequest
from cms_media.sdp.negotiation import Capabilities, Encryption
from cms_media.sdp.plan import Feedback, StreamPlan, VideoLimits

_FASTEST_FPS = 30


def capabilities_of(options: DialOptions) -> Capabilities:
    """What the command line allows us to negotiate."""
    largest = options.receive_size or options.size
    macroblocks = -(-largest.width_px // 16) * -(-largest.height_px // 16)
    receive = VideoLimits(macroblocks, macroblocks * _FASTEST_FPS, options.receive_bitrate_bps)
    chosen = {kind: tuple(c for c in options.codecs if CODECS[c].kind is kind) for kind in MediaKind}
    return Capabilities(
        audio_codecs=chosen[MediaKind.AUDIO] if options.audio != "none" else (),
        video_codecs=chosen[MediaKind.VIDEO] if options.video != "none" else (),
        video_receive=receive,
        encryption=Encryption.REQUIRED if options.srtp else Encryption.OFF,
        srtp_suites=(options.srtp,) if options.srtp else (),
        feedback=frozenset(Feedback) if options.feedback else frozenset(),
        mixes=False,
    )


class DialledCall(EndpointLeg):
    """What `cms-media dial` runs."""

    def __init__(
        self, leg: LegId, options: DialOptions, engine: Engine, signalling: SignallingPort, address: str
    ) -> None:
        """Opens the ports. Raises RequestError, ResourceError or OSError for sources and ports."""
        super().__init__(leg, capabilities_of(options), engine, signalling, address)
        self._engine = engine
        self._options = options
        audio, video = self.stream_of(MediaKind.AUDIO), self.stream_of(MediaKind.VIDEO)
        self.audio = None if audio is None else EndpointAudio(engine, audio, options.audio, options.settle_s)
        self.video = None if video is None else EndpointVideo(engine, video, options)
        self._report: DialReport | None = None

    def call(self) -> None:
        """Dials what the options say."""
        self.dial(self._options.target, self._options.name)

    def measure(self) -> DialReport:
        """Takes the numbers now, once; later calls give the same."""
        if self._report is None:
            self._report = DialReport(
                connected=self.answered,
                setup_ms=round(self.setup_s * 1000, 1),
                ended_by=self.ended_by or "local",
                audio=self.audio.report() if self.audio and self.answered else None,
                video=self.video.report() if self.video and self.answered else None,
            )
        return self._report

    def send_digits(self, digits: str) -> None:
        """DTMF in the RTP stream, or by INFO when the peer takes no telephone-event."""
        stream = self.stream_of(MediaKind.AUDIO)
        if stream is None or not self._engine.send_dtmf(stream, digits):
            self._signalling.send_dtmf(self.id, digits)

    def on_engine_event(self, event: object) -> None:
        """Pictures and key-frame wishes."""
        if self.video is None:
            return
        if isinstance(event, AccessUnit):
            self.video.on_access_unit(event)
        elif isinstance(event, KeyFrameRequest):
            self.video.want_key_frame()

    def run_stream(self, kind: MediaKind, stream: int, plan: StreamPlan) -> None:
        """Media begins, or goes on in another way."""
        if kind is MediaKind.AUDIO:
            self._engine.set_audio(stream, audio_stream(plan, -1, self.id))
            if self.audio:
                self.audio.start(plan.send.codec.value)
        else:
            sent = EncoderFormat(plan.send.codec, 0, 0, bitrate_bps=self._options.bitrate_bps)
            self._engine.set_video(stream, video_stream(plan, sent, self.id))
            if self.video:
                self.video.start(plan, time.monotonic())

    def want_key_frame(self) -> None:
        """The peer asked for one."""
        if self.video is not None:
            self.video.want_key_frame()
