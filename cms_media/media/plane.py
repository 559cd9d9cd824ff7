"""The media plane: carries out MediaPort on the pool of workers and reports through MediaEvents.

A call lives on one worker until that is full (`placement`), then it spans several (`span`).
"""

import asyncio
import errno
import logging
import socket
from collections.abc import Mapping, Sequence

from cms_media.base.clock import MONOTONIC
from cms_media.base.errors import SettingsError
from cms_media.base.types import CallId, LegId, MediaKind
from cms_media.conference.ports import MediaEvents, Prompt, Scene
from cms_media.media.capacity import UNITS_PER_WORKER, Capacity
from cms_media.media.inquiry import Inquiry
from cms_media.media.messages import (
    CloseLeg,
    ConfigureLeg,
    DigitPressed,
    FollowSpeaker,
    KeyFrameNeeded,
    KeyFrameWanted,
    LegFailed,
    LegStatuses,
    Levels,
    MediaTimeout,
    Message,
    OpenLeg,
    Play,
    ReportLegs,
    SetScene,
    SmallEnough,
    Transports,
    VideoSource,
    WorkerStatus,
)
from cms_media.media.placement import HOME_UNITS, Placement
from cms_media.media.pool import Pool
from cms_media.media.pressure import Pressure
from cms_media.media.settings import AskForLess, MediaSettings
from cms_media.media.span.spans import Spans
from cms_media.sdp.capabilities import HD_30
from cms_media.sdp.plan import StreamPlan, VideoLimits

_PROBES = 16

log = logging.getLogger(__name__)


class MediaPlane:
    """Implements MediaPort; owned by the control plane's thread."""

    def __init__(
        self,
        settings: MediaSettings,
        events: MediaEvents,
        largest: VideoLimits = HD_30,
        home_units: int = HOME_UNITS,
    ) -> None:
        """`largest` is the largest picture that is negotiated with anybody; for `home_units` see `placement`."""
        self._settings = settings
        self._events = events
        asks = settings.ask_for_less is not AskForLess.OFF
        self._pool = Pool(settings, self, largest.bitrate_bps if asks else 0)
        self._capacity = Capacity(settings.load_limit or settings.places * UNITS_PER_WORKER, largest)
        self._pressure = Pressure()
        self._placement = Placement(home_units)
        self._spans = Spans(self._placement, self._pool.send, MONOTONIC)
        self._inquiry = Inquiry(lambda place: self._pool.send(place, ReportLegs()))
        self._speakers: dict[CallId, LegId] = {}
        self._heard: dict[int, Mapping[LegId, float]] = {}
        """What each worker last said of levels."""

    async def start(self) -> None:
        """Starts the workers. Raises SettingsError when no port can be had, ResourceError when none starts."""
        check_ports(self._settings)
        await self._pool.start()

    async def stop(self) -> None:
        """Ends the workers, and with them all media. Idempotent."""
        await self._pool.stop()
        self._spans.close()

    async def ask_legs(self) -> None:
        """Asks the workers for their legs' accounts; `on_status` has told all of them when this returns."""
        await self._inquiry.run(self._pool.running())

    def snapshot(self) -> dict[str, object]:
        """For status pages: the workers' load."""
        return {
            "workers": self._pool.snapshot(),
            "restarts": self._pool.restarts,
            "legs": len(self._placement),
            "span": self._spans.snapshot(),
            "load": {**self._capacity.snapshot(), "overloaded": self._pressure.refusing},
        }

    def place_of(self, leg: LegId) -> int | None:
        """The number of the worker that has the leg."""
        return self._placement.place_of(leg)

    # --- MediaPort ----------------------------------------------------------------------------------------

    def has_room(self, kinds: Sequence[MediaKind]) -> bool:
        """See MediaPort."""
        return not self._pressure.refusing and self._capacity.has_room(kinds)

    def open(self, leg: LegId, call: CallId, address: str, kinds: Sequence[MediaKind]) -> None:
        """See MediaPort."""
        known = self._placement.place_of(leg)
        place = self._choose(call) if known is None else known
        if place is None:
            self._later_failed(leg, "no media worker")
            return
        self._capacity.expect(leg, kinds)
        self._placement.put(leg, call, place, self._capacity.units_of(leg))
        self._pool.send(place, OpenLeg(leg, call, address, tuple(kinds)))
        if known is None:
            self._spans.leg_placed(leg, call)
            if call in self._speakers:
                self._pool.send(place, FollowSpeaker(call, self._speakers[call]))

    def configure(self, leg: LegId, label: str, streams: Sequence[StreamPlan]) -> None:
        """See MediaPort."""
        self._capacity.agree(leg, streams)
        self._spans.leg_named(leg, label)
        self._send(leg, ConfigureLeg(leg, label, tuple(streams)))

    def set_scene(self, leg: LegId, scene: Scene) -> None:
        """See MediaPort."""
        self._send(leg, SetScene(leg, scene))

    def play(self, leg: LegId, prompt: Prompt | None) -> None:
        """See MediaPort."""
        self._send(leg, Play(leg, prompt))

    def key_frame_wanted(self, leg: LegId) -> None:
        """See MediaPort."""
        self._send(leg, KeyFrameWanted(leg))

    def follow_speaker(self, call: CallId, leg: LegId | None) -> None:
        """See MediaPort."""
        places = self._placement.places_of(call)
        if leg is None or not places:
            self._speakers.pop(call, None)
        else:
            self._speakers[call] = leg
        for place in places:
            self._pool.send(place, FollowSpeaker(call, leg))

    def close(self, leg: LegId) -> None:
        """See MediaPort."""
        self._send(leg, CloseLeg(leg))
        self._forget(leg)

    # --- PoolEvents ---------------------------------------------------------------------------------------

    def on_message(self, place: int, message: Message) -> None:
        """A worker's report; what is about a leg that was closed meanwhile is passed over."""
        leg = getattr(message, "leg", None)
        if isinstance(message, WorkerStatus):
            self._pressure.report(place, message.values)
            self._events.on_sharing(self._pressure.sharing)
            self._spans.settle()
        elif leg is None or self._placement.place_of(leg) == place:
            self._pass_on(place, message)

    def _pass_on(self, place: int, message: Message) -> None:
        match message:
            case Transports(leg, transports):
                self._events.on_transports(leg, transports)
            case LegFailed(leg, reason):
                self._forget(leg)
                self._events.on_media_failed(leg, reason)
            case Levels(levels_dbov):
                self._heard[place] = levels_dbov
                self._events.on_levels(self._levels())
            case DigitPressed(leg, digit):
                self._events.on_digit(leg, digit)
            case VideoSource(leg, live):
                self._events.on_video_source(leg, live)
            case MediaTimeout(leg):
                self._events.on_media_timeout(leg)
            case KeyFrameNeeded(leg):
                self._events.on_key_frame_needed(leg)
            case SmallEnough(leg, small):
                self._events.on_small_enough(leg, small)
            case LegStatuses():
                self._take_figures(place, message)
            case _:
                self._spans.take(place, message)

    def _take_figures(self, place: int, message: LegStatuses) -> None:
        self._events.on_status([each for each in message.statuses if each.leg in self._placement])
        if message.last:
            self._inquiry.answered(place)

    def on_worker_lost(self, place: int) -> None:
        """All its legs have no media now; forgotten before any is told, so one opened anew goes to a running worker."""
        self._pressure.lost(place)
        self._heard.pop(place, None)
        self._inquiry.answered(place)
        lost = sorted(self._placement.legs_at(place))
        for leg in lost:
            self._forget(leg)
        self._spans.place_lost(place)
        for leg in lost:
            self._events.on_media_failed(leg, "media worker lost")

    # ------------------------------------------------------------------------------------------------------

    def _choose(self, call: CallId) -> int | None:
        return self._placement.choose(call, self._pool.running(), self._pool.busy())

    def _send(self, leg: LegId, message: Message) -> None:
        place = self._placement.place_of(leg)
        if place is not None:
            self._pool.send(place, message)

    def _forget(self, leg: LegId) -> None:
        self._capacity.release(leg)
        call = self._placement.remove(leg)
        if call is not None:
            self._spans.leg_gone(leg, call)
            if not self._placement.places_of(call):
                self._speakers.pop(call, None)

    def _levels(self) -> dict[LegId, float]:
        """Of all workers: by one alone those of a call whose legs are on another would seem silent."""
        return {
            leg: level
            for place, levels_dbov in self._heard.items()
            for leg, level in levels_dbov.items()
            if self._placement.place_of(leg) == place
        }

    def _later_failed(self, leg: LegId, reason: str) -> None:
        """Not from within `open`: the caller is not ready for its result yet."""
        asyncio.get_running_loop().call_soon(self._events.on_media_failed, leg, reason)


def check_ports(settings: MediaSettings) -> None:
    """Tries a few ports spread over the range. Raises SettingsError when none can be bound."""
    step = max(1, (settings.port_max - settings.port_min + 1) // _PROBES)
    ports = range(settings.port_min, settings.port_max + 1, step)
    taken = [port for port in ports if not _can_bind(settings.address, port)]
    if len(taken) == len(ports):
        raise SettingsError(
            f"media.port_min, media.port_max: no UDP port of {settings.port_min}..{settings.port_max} can be bound"
            f" at {settings.address or 'this machine'}"
        )
    if taken:
        log.warning("event=media_ports_taken tried=%d taken=%s", len(ports), taken)


def _can_bind(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, port))
        except OSError as error:
            return error.errno not in (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES)
    return True
