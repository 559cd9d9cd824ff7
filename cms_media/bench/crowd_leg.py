"""One endpoint of the generator: a calling leg that shows a film, says a voice, and counts what it gets."""

from dataclasses import dataclass, field

from cms_media.base.types import LegId, MediaKind
from cms_media.bench.film import CUTS
from cms_media.bench.plan import Plan
from cms_media.bench.projector import Projector
from cms_media.conference.ports import SignallingPort
from cms_media.endpoint.leg import EndpointLeg
from cms_media.media.worker.streams import audio_stream, video_stream
from cms_media.native import AccessUnit, Engine
from cms_media.sdp.negotiation import Capabilities, Encryption
from cms_media.sdp.plan import StreamPlan, VideoLimits

_MACROBLOCKS = 80 * 45
"""1280x720, whatever we send ourselves."""
_FPS = 30
_RECEIVED_BPS = 2_000_000


@dataclass(slots=True)
class Watch:
    """What came on the video stream."""

    units: int = 0
    damaged: int = 0
    collecting: bool = False
    collected: list[bytes] = field(default_factory=list)
    """From a key frame on, while collecting."""

    def take(self, unit: AccessUnit) -> None:
        """One picture."""
        self.units += 1
        self.damaged += unit.damaged
        if self.collecting and (self.collected or unit.key_frame):
            self.collected.append(unit.data)


class CrowdLeg(EndpointLeg):
    """Leg `number` of a run."""

    def __init__(
        self, number: int, plan: Plan, projector: Projector | None, engine: Engine, signalling: SignallingPort
    ) -> None:
        """Without a projector it has no picture. Raises OSError when there are no ports."""
        super().__init__(LegId(f"{number:032x}"), capabilities(plan), engine, signalling, "127.0.0.1")
        self._engine = engine
        self.number = number
        self.name = f"leg-{number:03d}"
        self.projector = projector
        self.watch = Watch()
        self.audio = self.stream_of(MediaKind.AUDIO)
        self.video = self.stream_of(MediaKind.VIDEO)
        self.listens_s = 0.0
        """Of what it hears so much is kept for `Engine.read_tap`."""
        self.shows = False
        """Whether the peer takes our picture."""

    def run_stream(self, kind: MediaKind, stream: int, plan: StreamPlan) -> None:
        """Media begins, or goes on in another way."""
        if kind is MediaKind.AUDIO:
            self._engine.set_audio(stream, audio_stream(plan, -1, self.name))
            self._engine.tap(stream, self.listens_s)
        elif self.projector is not None:
            self._engine.set_video(stream, video_stream(plan, CUTS[self.projector.cut].format, self.name))
            self.shows = plan.sending
            self.projector.want_key_frame()

    def on_ended(self, leg: LegId, code: int, reason: str) -> None:
        """Nothing is sent any more."""
        super().on_ended(leg, code, reason)
        self.shows = False
        for _, opened in self.transports:
            self._engine.idle(opened.id)

    def want_key_frame(self) -> None:
        """The peer asked for one."""
        if self.projector is not None:
            self.projector.want_key_frame()

    def show(self, now: float) -> None:
        """Sends the next picture; wants to be called once per frame time."""
        if self.projector is not None and self.video is not None and self.shows:
            picture = self.projector.next_picture()
            self._engine.send_video([self.video], picture.data, now, picture.key_frame)

    def obey(self) -> None:
        """Takes up what the peer asks of our bit rate; wants to be called a few times a second."""
        if self.projector is not None and self.video is not None:
            self.projector.obey(int(self._engine.stats(self.video)["bitrate_limit_bps"]))


def capabilities(plan: Plan) -> Capabilities:
    """What an endpoint of this run says that it can do."""
    defaults = Capabilities()
    return Capabilities(
        audio_codecs=(plan.audio,),
        video_codecs=defaults.video_codecs[:1] if plan.video else (),
        video_receive=VideoLimits(_MACROBLOCKS, _MACROBLOCKS * _FPS, _RECEIVED_BPS),
        encryption=Encryption.OFF,
        mixes=False,
    )
