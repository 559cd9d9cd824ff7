"""One leg in the worker: its transports, what was negotiated on them, its picture."""

from collections.abc import Callable, Sequence

from cms_media.base.types import CallId, LegId, MediaKind
from cms_media.codecs.encoder import EncoderFormat
from cms_media.conference.ports import LocalTransport, Scene
from cms_media.media.worker.appetite import Appetite
from cms_media.media.worker.canvas import choose_format
from cms_media.media.worker.party import Party
from cms_media.media.worker.rate_limit import RateLimit
from cms_media.media.worker.sharing import ViewKey
from cms_media.media.worker.smallness import Smallness
from cms_media.media.worker.source import Source
from cms_media.media.worker.streams import audio_stream, can_run, video_stream
from cms_media.native import Engine, Transport
from cms_media.sdp.plan import Feedback, StreamPlan

_CNAME_DIGITS = 16
KEY_FRAME_INFO_PAUSE_S = 1.0
"""Between two requests through control: each is a SIP INFO."""


class Leg:
    """Owns the leg's transports in the engine."""

    def __init__(
        self, leg: LegId, call: CallId, room: int, engine: Engine, ask_by_signalling: Callable[[], None]
    ) -> None:
        self.id = leg
        self.call = call
        self.room = room
        self.source = Source(self._ask_for_key_frame)
        self.party = Party("", self.source)
        self.scene: Scene | None = None
        self.format: EncoderFormat | None = None
        """What it is sent; None: no video towards it."""
        self.appetite: Appetite | None = None
        """What it is asked to send; None: nothing is asked."""
        self.smallness: Smallness | None = None
        """Whether signalling is to ask it for a small picture; None: signalling asks nothing."""
        self.rate_requests = 0
        """How often it was asked for another bit rate."""
        self._engine = engine
        self._ask_by_signalling = ask_by_signalling
        self._transports: list[tuple[MediaKind, Transport]] = []
        self._plans: dict[int, StreamPlan] = {}
        self._silent: set[int] = set()
        self._limit = RateLimit()
        self.most_height_px: int | None = None
        """Lines of what it is sent at most, see `cap`."""

    def open(self, address: str, kinds: Sequence[MediaKind]) -> None:
        """Further transports. Raises OSError when the ports are used up."""
        for kind in kinds:
            self._transports.append((kind, self._engine.open_transport(address)))

    def transports(self) -> tuple[LocalTransport, ...]:
        """All, in the order opened."""
        return tuple(LocalTransport(kind, t.rtp_port, t.rtcp_port) for kind, t in self._transports)

    def streams(self) -> list[tuple[int, MediaKind]]:
        """Stream ids and what they carry, in the order opened."""
        return [(transport.id, kind) for kind, transport in self._transports]

    def configure(self, plans: Sequence[StreamPlan]) -> None:
        """Runs each transport by its plan; idles those without. Raises ValueError when a plan makes no sense."""
        by_index = {plan.index: plan for plan in plans if can_run(plan)}
        if not all(0 <= index < len(self._transports) for index in by_index):
            raise ValueError(f"a plan for a transport that was not opened: {sorted(by_index)}")
        self.format = None
        self._plans = {self._transports[index][1].id: plan for index, plan in by_index.items()}
        self._silent.clear()
        if self.appetite is not None:
            self.appetite.start_again()
        main = self.video_stream()
        if main is None or not self._plans[main].receiving:
            self.source.end()
        for _, transport in self._transports:
            self._run(transport.id, main == transport.id)

    def video_stream(self) -> int | None:
        """The stream of the main picture, if there is one."""
        for stream, plan in self._plans.items():
            if plan.kind is MediaKind.VIDEO and plan.content == "main":
                return stream
        return None

    def audio_streams(self) -> list[int]:
        """Streams that run and carry sound."""
        return [stream for stream, plan in self._plans.items() if plan.kind is MediaKind.AUDIO]

    def view_key(self) -> ViewKey | None:
        """What the leg sees; None when it gets no picture."""
        if self.scene is None or self.format is None:
            return None
        return ViewKey(self.scene, self.format)

    def obey_rate_limit(self, now_s: float) -> bool:
        """Takes up what the peer last asked of our bit rate; True when its picture changes by it."""
        stream = self.video_stream()
        if stream is None or self.format is None:
            return False
        _, asked_bps = self._engine.video_state(stream)
        if not self._limit.report(asked_bps, now_s):
            return False
        return self._choose_again(stream)

    def watch(self, wanted: bool, now_s: float) -> None:
        """Somebody sees its picture, or nobody any more."""
        stream = self.video_stream()
        # before a key frame is asked for: it would not be handed out
        if stream is not None and wanted != self.source.watched:
            self._engine.set_seen(stream, wanted)
        self.source.watch(wanted, now_s)

    def cap(self, most_height_px: int | None) -> bool:
        """A new limit of the worker's own to the size of what it is sent; True when its picture changes by it."""
        self.most_height_px = most_height_px
        stream = self.video_stream()
        return stream is not None and self.format is not None and self._choose_again(stream)

    def ask_for(self, height_px: int, now_s: float) -> None:
        """Anybody sees it in so many lines at most, 0 is nobody: it is asked to send no more than that is worth."""
        stream, appetite = self.video_stream(), self.appetite
        if stream is None or appetite is None or not self._can_be_asked(self._plans[stream]):
            return
        before_bps = appetite.asked_bps
        if not appetite.want(height_px, now_s):
            return
        self._engine.request_bitrate(stream, appetite.asked_bps)
        self.rate_requests += 1
        if appetite.asked_bps > before_bps:
            self._ask_for_key_frame()  # so that the better picture is there at once

    def small_enough(self, height_px: int, now_s: float) -> bool | None:
        """The same of a peer that only signalling can ask: whether a small picture is enough, if that has changed."""
        smallness = self.smallness
        stream = None if smallness is None else self.video_stream()
        if smallness is None or stream is None or not self._plans[stream].receiving:
            return None
        if self._can_be_asked(self._plans[stream]):
            changed = smallness.forget()
        else:
            picture = self.source.picture
            changed = smallness.look(height_px, picture.height_px if picture else 0, now_s)
        return smallness.enough if changed else None

    @staticmethod
    def _can_be_asked(plan: StreamPlan) -> bool:
        return plan.receiving and not plan.feedback.isdisjoint({Feedback.TMMBR, Feedback.REMB})

    def note_silence(self, stream: int, silent: bool) -> bool:
        """True when nothing comes any more on any stream on which something should."""
        if not silent:
            self._silent.discard(stream)
            return False
        self._silent.add(stream)
        expected = {stream for stream, plan in self._plans.items() if plan.receiving}
        return bool(expected) and expected <= self._silent

    def close(self) -> None:
        """Frees the ports. Idempotent."""
        for _, transport in self._transports:
            self._engine.close_transport(transport.id)
        self._transports.clear()
        self._plans.clear()

    def _run(self, stream: int, main_video: bool) -> None:
        plan = self._plans.get(stream)
        cname = self.id[:_CNAME_DIGITS]
        if plan is None:
            self._engine.idle(stream)
        elif plan.kind is MediaKind.AUDIO:
            self._engine.set_audio(stream, audio_stream(plan, self.room, cname))
        else:
            output = choose_format(plan, self._limit.bitrate_bps, self.most_height_px)
            self._engine.set_video(stream, video_stream(plan, output, cname))
            self._engine.set_seen(stream, main_video and self.source.watched)
            if main_video and plan.sending:
                self.format = output

    def _choose_again(self, stream: int) -> bool:
        old = self.format
        self.format = choose_format(self._plans[stream], self._limit.bitrate_bps, self.most_height_px)
        return self.format != old

    def _ask_for_key_frame(self) -> None:
        stream = self.video_stream()
        if stream is not None and not self._engine.request_key_frame(stream):
            self._ask_by_signalling()
