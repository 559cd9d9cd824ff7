"""The legs of a worker: carries out what control says, and passes on what the engine tells."""

import logging
from collections.abc import Callable, Collection, Mapping
from functools import partial

from cms_media.base.types import CallId, LegId
from cms_media.conference.ports import Prompt, Scene
from cms_media.media import prompts
from cms_media.media.messages import (
    CloseLeg,
    ConfigureLeg,
    DigitPressed,
    DropTile,
    EncodeView,
    ExportTile,
    ExportView,
    FollowSpeaker,
    ImportTile,
    ImportView,
    KeyFrameNeeded,
    KeyFrameWanted,
    LegFailed,
    MediaTimeout,
    Message,
    OpenLeg,
    Play,
    SetScene,
    SmallEnough,
    SpanCall,
    StopTile,
    StopView,
    Transports,
    VideoSource,
)
from cms_media.media.worker.appetite import Appetite, largest_panes
from cms_media.media.worker.gallery import Gallery
from cms_media.media.worker.leg import KEY_FRAME_INFO_PAUSE_S, Leg
from cms_media.media.worker.party import Party
from cms_media.media.worker.smallness import Smallness
from cms_media.media.worker.source import Source
from cms_media.media.worker.span.span import Span
from cms_media.native import AccessUnit, Digit, Engine, KeyFrameRequest, PeerFault, StreamState

Report = Callable[[Message], None]
Event = AccessUnit | KeyFrameRequest | Digit | PeerFault | StreamState

log = logging.getLogger(__name__)


class Stage:
    """Legs by id and by stream, rooms by call, and the gallery of what they see."""

    def __init__(
        self,
        engine: Engine,
        report: Report,
        source_bitrate_bps: int = 0,
        layout_fade_s: float = 0.0,
        *,
        asks_by_signalling: bool = False,
    ) -> None:
        """`source_bitrate_bps`, `layout_fade_s`, `asks_by_signalling`: see StartEngine."""
        self.legs: dict[LegId, Leg] = {}
        self.gallery = Gallery(engine, self._party_of, layout_fade_s)
        self.span = Span(self, self.gallery, engine, report)
        self.spare = True
        """There is time for encodes that are only nice to have."""
        self.most_height_px: int | None = None
        """Lines of any picture made, from the next `resize` on."""
        self._engine = engine
        self._report = report
        self._source_bitrate_bps = source_bitrate_bps
        self._asks_by_signalling = asks_by_signalling
        self._wanted_px: Mapping[LegId, int] = {}
        """Lines of the largest pane in which anybody sees each leg."""
        self._leg_of_stream: dict[int, Leg] = {}
        self._rooms: dict[CallId, int] = {}
        self._next_room = 1
        self._with_video: dict[LegId, Leg] = {}
        self._speakers: dict[CallId, LegId] = {}
        self._live: set[LegId] = set()
        self._now_s = 0.0
        self._asked_by_signalling_s: dict[LegId, float] = {}

    # --- from control -------------------------------------------------------------------------------------

    def handle(self, message: Message, now_s: float) -> None:
        """Carries out one message. A fault of our own ends the leg it was for, not the worker."""
        self._now_s = now_s
        try:
            self._carry_out(message)
        except (OSError, ValueError) as error:  # no ports; a plan that makes no sense
            leg = getattr(message, "leg", LegId(""))
            log.warning("event=leg_media_failed leg=%s reason=%s", leg, error)
            self._fail(leg, str(error))
        except Exception:
            leg = getattr(message, "leg", LegId(""))
            log.exception("event=leg_media_failed leg=%s message=%s", leg, type(message).__name__)
            self._fail(leg, "internal error")

    def _carry_out(self, message: Message) -> None:
        match message:
            case OpenLeg():
                self._open(message)
            case ConfigureLeg():
                self._configure(message)
            case SetScene(leg, scene):
                self._set_scene(leg, scene)
            case Play(leg, prompt):
                self._play(leg, prompt)
            case KeyFrameWanted(leg):
                self.gallery.want_key_frame(leg, self._now_s)
            case FollowSpeaker(call, leg):
                self._follow_speaker(call, leg)
            case CloseLeg(leg):
                self._close(leg)
            case SpanCall() | ExportTile() | StopTile() | ImportTile() | DropTile():
                self.span.carry_out(message)
            case ExportView() | StopView() | ImportView() | EncodeView():
                self.gallery.carry_out(message, self._now_s)
            case _:
                log.error("event=unexpected_message type=%s", type(message).__name__)

    def _open(self, message: OpenLeg) -> None:
        leg = self.legs.get(message.leg)
        if leg is None:
            ask = partial(self._ask_by_signalling, message.leg)
            leg = Leg(message.leg, message.call, self._room(message.call), self._engine, ask)
            leg.most_height_px = self.most_height_px
            if self._source_bitrate_bps:
                leg.appetite = Appetite(self._source_bitrate_bps)
            if self._asks_by_signalling:
                leg.smallness = Smallness()
            self.legs[leg.id] = leg
        leg.open(message.address, message.kinds)
        self._leg_of_stream.update((stream, leg) for stream, _ in leg.streams())
        self._report(Transports(leg.id, leg.transports()))

    def _configure(self, message: ConfigureLeg) -> None:
        leg = self.legs.get(message.leg)
        if leg is None:
            return
        leg.party.label = message.label
        leg.configure(message.streams)
        if leg.video_stream() is None:
            self._with_video.pop(leg.id, None)
        else:
            self._with_video[leg.id] = leg
        self._note_live(leg, self._now_s)
        self._wish(leg)
        self.gallery.want_key_frame(leg.id, self._now_s)  # its decoder may have been set up anew

    def _set_scene(self, leg: LegId, scene: Scene) -> None:
        if leg in self.legs:
            self.legs[leg].scene = scene
            self._wish(self.legs[leg])

    def _play(self, leg_id: LegId, prompt: Prompt | None) -> None:
        leg = self.legs.get(leg_id)
        if leg is None:
            return
        for stream in leg.audio_streams():
            if prompt is None:
                self._engine.play(stream, None)
            else:
                self._engine.play(stream, prompts.samples(prompt), loop=prompts.loops(prompt))

    def _follow_speaker(self, call: CallId, leg: LegId | None) -> None:
        if leg is None or call not in self._rooms:
            self._speakers.pop(call, None)
        else:
            self._speakers[call] = leg

    def _close(self, leg_id: LegId) -> None:
        leg = self.legs.pop(leg_id, None)
        if leg is None:
            return
        self.gallery.wish(leg_id, None, None)
        for stream, _ in leg.streams():
            self._leg_of_stream.pop(stream, None)
        leg.close()
        self.span.leg_closed(leg_id)
        self._with_video.pop(leg_id, None)
        self._live.discard(leg_id)
        self._asked_by_signalling_s.pop(leg_id, None)
        if not any(other.call == leg.call for other in self.legs.values()):
            self._speakers.pop(leg.call, None)
            self.span.call_ended(leg.call, self._rooms.pop(leg.call))

    def _fail(self, leg: LegId, reason: str) -> None:
        self._close(leg)
        self._report(LegFailed(leg, reason))

    def _wish(self, leg: Leg) -> None:
        self.gallery.wish(leg.id, leg.view_key(), leg.video_stream())

    def _room(self, call: CallId) -> int:
        if call not in self._rooms:
            self._rooms[call] = self._next_room
            self._next_room += 1
        return self._rooms[call]

    def pictures_may_follow(self) -> bool:
        """Somebody sees who speaks, here or in another worker with legs of the same call."""
        return bool(self._with_video) or self.span.spans

    def with_video(self) -> Collection[Leg]:
        """Legs that send or get a picture."""
        return self._with_video.values()

    def source_of(self, leg: LegId) -> Source | None:
        """The video of a leg that is here."""
        found = self.legs.get(leg)
        return None if found is None else found.source

    def call_of(self, leg: LegId) -> CallId | None:
        """The call of a leg that is here."""
        found = self.legs.get(leg)
        return None if found is None else found.call

    def room_of(self, call: CallId) -> int | None:
        """The engine's number for a call that has legs here."""
        return self._rooms.get(call)

    def _party_of(self, leg: LegId) -> Party | None:
        found = self.legs.get(leg)
        return self.span.party(leg) if found is None else found.party

    # --- from the engine ----------------------------------------------------------------------------------

    def take(self, event: Event, now_s: float) -> None:
        """One event of the engine; those of streams just closed are passed over."""
        self._now_s = now_s
        leg = self._leg_of_stream.get(event.stream)
        if leg is None:
            return
        try:
            self._take(leg, event, now_s)
        except Exception:
            log.exception("event=leg_media_failed leg=%s engine_event=%s", leg.id, type(event).__name__)
            self._fail(leg.id, "internal error")

    def _take(self, leg: Leg, event: Event, now_s: float) -> None:
        if isinstance(event, AccessUnit):
            if event.stream == leg.video_stream():
                leg.source.accept(event, now_s)
                self._note_live(leg, now_s)
        elif isinstance(event, KeyFrameRequest):
            self.gallery.want_key_frame(leg.id, now_s)
        elif isinstance(event, Digit):
            self._report(DigitPressed(leg.id, event.digit))
        elif isinstance(event, PeerFault):
            log.warning("event=%s leg=%s peer=%s", event.fault, leg.id, event.peer)
        elif leg.note_silence(event.stream, event.silent):
            self._report(MediaTimeout(leg.id))

    def look_round(self, now_s: float) -> None:
        """Ten times a second: whose picture came or went, who asks for fewer bits."""
        self.gallery.separate(self.spare, now_s)
        for leg in self._with_video.values():
            self._note_live(leg, now_s)
            leg.source.count_freeze(now_s)
            self._ask_for_enough(leg, now_s)
            if leg.obey_rate_limit(now_s):
                self._wish(leg)

    def resize(self, views: int) -> None:
        """Brings so many views to the size that is allowed now; who shares one stays together."""
        for leg in list(self.legs.values()):
            if leg.most_height_px != self.most_height_px:
                self._resize_with_mates(leg)
                views -= 1
                if views <= 0:
                    return

    def _resize_with_mates(self, leg: Leg) -> None:
        view = self.gallery.view_of(leg.id)
        for mate in {leg.id} if view is None else view.legs | {leg.id}:
            if mate in self.legs and self.legs[mate].cap(self.most_height_px):
                self._wish(self.legs[mate])

    def regroup(self, now_s: float) -> None:
        """After messages: shares views anew and decodes only who is seen."""
        regrouped = self.gallery.regroup(now_s)
        if not self.span.settle(regrouped):
            return
        self._wanted_px = largest_panes(self.span.seen())
        for leg in self.legs.values():
            leg.watch(leg.id in self._wanted_px, now_s)
            self._ask_for_enough(leg, now_s)

    def _ask_for_enough(self, leg: Leg, now_s: float) -> None:
        height_px = self._wanted_px.get(leg.id, 0)
        leg.ask_for(height_px, now_s)
        small = leg.small_enough(height_px, now_s)
        if small is not None:
            self._report(SmallEnough(leg.id, small))

    def levels(self) -> dict[LegId, float]:
        """Speech levels in dBov, above the floor: of each call its active speaker's and that of the loudest other."""
        speakers = [self.legs[leg] for leg in self._speakers.values() if leg in self.legs]
        levels: dict[LegId, float] = {}
        for stream, level_dbov in self._engine.loudest([n for leg in speakers for n in leg.audio_streams()]):
            leg = self._leg_of_stream.get(stream)
            if leg is not None:
                levels[leg.id] = max(level_dbov, levels.get(leg.id, level_dbov))
        return levels

    def _note_live(self, leg: Leg, now_s: float) -> None:
        live = leg.source.live(now_s)
        if live != (leg.id in self._live):
            (self._live.add if live else self._live.discard)(leg.id)
            self._report(VideoSource(leg.id, live))

    def _ask_by_signalling(self, leg: LegId) -> None:
        last_s = self._asked_by_signalling_s.get(leg, float("-inf"))
        if self._now_s - last_s >= KEY_FRAME_INFO_PAUSE_S:
            self._asked_by_signalling_s[leg] = self._now_s
            self._report(KeyFrameNeeded(leg))
