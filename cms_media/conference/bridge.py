"""The whole domain: events of signalling and media in, commands in, asks to the two planes out.

    event or command ─► the leg it concerns ─► settle: join or leave its call, forget it when over

One thread, re-entrant: a port may call back from within a call to it. Events of a leg that nobody knows are
late or foreign: counted, nothing more.
"""

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cms_media.base.errors import RequestError
from cms_media.base.types import CallId, LegId, MediaKind
from cms_media.conference.directory import Directory
from cms_media.conference.leg import RETRY_AFTER_S, Invitation, Leg, Ports
from cms_media.conference.negotiation import Negotiation
from cms_media.conference.party import Direction, LegIdentity, Party
from cms_media.conference.patience import Patience
from cms_media.conference.ports import Invite, LegMediaStatus, LocalTransport
from cms_media.conference.register import Register
from cms_media.conference.space import Space
from cms_media.conference.target import Target
from cms_media.sdp.capabilities import Capabilities
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.negotiation import needed

log = logging.getLogger(__name__)

COUNTERS = (
    "legs",
    "unknown_uri",
    "no_capacity",
    "no_media_capacity",
    "late_events",
    "media_timeouts",
    "overdue",
)


@dataclass(frozen=True, slots=True)
class BridgeSettings:
    """What the domain is configured by."""

    capabilities: Capabilities = field(default_factory=Capabilities)
    media_address: str = ""
    """Our address in SDP; empty: the one on the path to each peer."""
    max_legs: int = 1000
    """More are told 503 with Retry-After."""
    retry_after_s: int = RETRY_AFTER_S


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the domain cannot know by itself."""

    clock: Callable[[], float]
    """Monotonic seconds."""
    local_address_towards: Callable[[str], str]
    """Our IP address on the path to a host; raises OSError when there is no path."""
    wall_clock: Callable[[], float]
    """Seconds since 1970: SDP's o= is told apart by it."""
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex


class Bridge:
    """Spaces, running calls and their legs. Implements SignallingEvents and MediaEvents."""

    def __init__(self, directory: Directory, settings: BridgeSettings, surroundings: Surroundings) -> None:
        self.directory = directory
        self._settings = settings
        self._world = surroundings
        self._counters = dict.fromkeys(COUNTERS, 0)
        self._accepting = True
        self._patience = Patience()
        self._ports: Ports
        self._register: Register

    def connect(self, ports: Ports) -> None:
        """Once, before the first event: the two planes are built with their events' receiver, so they come later."""
        self._ports = ports
        self._register = Register(ports.media)

    @property
    def leg_count(self) -> int:
        """Legs whose dialogue is not over."""
        return len(self._register)

    def knows(self, leg: LegId) -> bool:
        """Its dialogue is not over."""
        return self._register.find(leg) is not None

    # --- commands ------------------------------------------------------------------------------------------

    def dial(self, space_uri: str, uri: str, headers: Mapping[str, str] | None = None) -> LegId:
        """Call somebody into a space. Raises RequestError."""
        space = self.directory.find(space_uri)
        if space is None:
            raise RequestError("coSpaceDoesNotExist", f"no space has the uri {space_uri}", status=404)
        target = Target.parse(uri)
        if self._full:
            raise RequestError("participantLimitReached", "the bridge is full", status=503)
        if not self._ports.media.has_room(self._settings.capabilities.kinds):
            self._counters["no_media_capacity"] += 1
            raise RequestError("callBridgeUnavailable", "media has no room for a further leg", status=503)
        party = Party(target.user or target.host, target.uri, target.uri)
        leg_id = LegId(self._world.new_id())
        leg = self._admit(leg_id, space, Direction.OUTGOING, party, self._address_towards(target))
        leg.dial(Invitation(target.uri, space.uri, headers or {}))
        self._register.settle(leg)
        return leg_id

    def hang_up(self, leg: LegId, code: int = 200, reason: str = "") -> None:
        """Raises RequestError when there is no such leg."""
        found = self._demand(leg)
        found.end(code, reason)
        self._register.settle(found)

    def renegotiate(self, leg: LegId) -> bool:
        """Offer all that we can in a re-INVITE; False when it is not the time. Raises RequestError."""
        return self._demand(leg).renegotiate()

    def tick(self) -> None:
        """About once a second: media is asked for anew where it was lost, what could not be asked of a peer at once is
        asked, and legs that are stuck are moved on."""
        for leg in self._register.legs:
            leg.ask_for_picture(self._world.clock())
            if leg.lost_media:
                leg.recover()
                self._register.settle(leg)
        for leg in self._patience.look(self._register.legs, self._world.clock()):
            self._counters["overdue"] += 1
            log.warning("leg was stuck leg=%s by=%s", leg.id, leg.account.ended_by)
            self._register.settle(leg)

    def stop(self) -> None:
        """Take no more calls and hang up all legs; signalling then reports the end of each."""
        self._accepting = False
        for leg in self._register.legs:
            leg.end(200 if leg.in_call else 503, "shutting down")
            self._register.settle(leg)

    def snapshot(self) -> dict[str, object]:
        """Plain values for status."""
        counters = {**self._counters, "calls": self._register.calls_begun}
        return {"calls": self._register.snapshot(self._world.clock()), "counters": counters}

    # --- SignallingEvents ----------------------------------------------------------------------------------

    def on_invite(self, invite: Invite) -> None:
        """Find the space, take the leg in."""
        space = self.directory.find(invite.to_user)
        if space is None:
            self._refuse(invite, "unknown_uri", 404)
            return
        if self._full:
            self._refuse(invite, "no_capacity", 503, self._settings.retry_after_s)
            return
        if not self._ports.media.has_room(self._kinds_of(invite.offer)):
            self._refuse(invite, "no_media_capacity", 503, self._settings.retry_after_s)
            return
        party = Party(invite.from_name, invite.from_uri, str(invite.peer), invite.user_agent)
        address = self._settings.media_address or invite.local_address
        leg = self._admit(invite.leg, space, Direction.INCOMING, party, address)
        leg.receive(invite.offer)
        self._register.settle(leg)

    def on_ringing(self, leg: LegId) -> None:
        """Nothing waits for it."""
        log.debug("ringing leg=%s", leg)

    def on_answer(self, leg: LegId, answer: SessionDescription) -> None:
        self._tell(leg, lambda found: found.on_answer(answer))

    def on_offer(self, leg: LegId, offer: SessionDescription | None) -> None:
        self._tell(leg, lambda found: found.on_offer(offer))

    def on_offer_failed(self, leg: LegId, code: int) -> None:
        self._tell(leg, lambda found: found.on_offer_failed(code))

    def on_connected(self, leg: LegId) -> None:
        self._tell(leg, Leg.on_connected)

    def on_ended(self, leg: LegId, code: int, reason: str) -> None:
        self._tell(leg, lambda found: found.on_ended(code, reason))

    def on_digits(self, leg: LegId, digits: str) -> None:
        self._tell(leg, lambda found: found.account.key_in(digits))

    def on_picture_fast_update(self, leg: LegId) -> None:
        self._tell(leg, Leg.on_picture_fast_update)

    # --- MediaEvents ---------------------------------------------------------------------------------------

    def on_transports(self, leg: LegId, transports: Sequence[LocalTransport]) -> None:
        self._tell(leg, lambda found: found.on_transports(transports))

    def on_media_failed(self, leg: LegId, reason: str) -> None:
        self._tell(leg, lambda found: found.on_media_failed(reason))

    def on_levels(self, levels_dbov: Mapping[LegId, float]) -> None:
        self._register.hear(levels_dbov, self._world.clock())

    def on_digit(self, leg: LegId, digit: str) -> None:
        self._tell(leg, lambda found: found.account.key_in(digit))

    def on_video_source(self, leg: LegId, live: bool) -> None:
        """Its pane is a name card while it is not live: media draws that, we only tell."""
        if found := self._register.find(leg):
            found.account.video_live = live

    def on_media_timeout(self, leg: LegId) -> None:
        """The peer vanished, unless it is on hold."""
        if (found := self._register.find(leg)) and found.on_media_timeout():
            self._counters["media_timeouts"] += 1
            log.warning("peer vanished leg=%s peer=%s", leg, found.identity.party.peer)
            self._register.settle(found)

    def on_key_frame_needed(self, leg: LegId) -> None:
        self._tell(leg, Leg.on_key_frame_needed)

    def on_small_enough(self, leg: LegId, small: bool) -> None:
        now = self._world.clock()
        self._tell(leg, lambda found: found.on_small_enough(small, now))

    def on_sharing(self, wanted: bool) -> None:
        self._register.share(wanted)

    def on_status(self, statuses: Sequence[LegMediaStatus]) -> None:
        for status in statuses:
            if found := self._register.find(status.leg):
                found.account.media = dict(status.values)

    # --- within --------------------------------------------------------------------------------------------

    @property
    def _full(self) -> bool:
        return not self._accepting or len(self._register) >= self._settings.max_legs

    def _kinds_of(self, offer: SessionDescription | None) -> tuple[MediaKind, ...]:
        """What a leg that begins with this offer will need; without one it gets ours."""
        if offer is None:
            return self._settings.capabilities.kinds
        return tuple(kind for kind in needed(offer, self._settings.capabilities) if kind is not None)

    def _admit(self, leg: LegId, space: Space, direction: Direction, party: Party, address: str) -> Leg:
        now = self._world.clock()
        call = self._register.call_in(space, CallId(self._world.new_id()), now)
        negotiation = Negotiation(
            self._settings.capabilities, address, session_id=int(self._world.wall_clock())
        )
        made = Leg(LegIdentity(leg, call.id, direction, party, now), negotiation, self._ports)
        self._register.add(made)
        self._counters["legs"] += 1
        log.info("leg begins leg=%s %s peer=%s space=%s", leg, direction.value, party.peer, space.uri)
        return made

    def _refuse(self, invite: Invite, counter: str, code: int, retry_after_s: int | None = None) -> None:
        self._counters[counter] += 1
        log.info("refused code=%d to=%s peer=%s", code, invite.to_user, invite.peer)
        self._ports.signalling.reject(invite.leg, code, retry_after_s=retry_after_s)

    def _address_towards(self, target: Target) -> str:
        if self._settings.media_address:
            return self._settings.media_address
        try:
            return self._world.local_address_towards(target.host)
        except OSError as error:
            raise RequestError("parameterError", f"uri: no path to {target.host}: {error}") from error

    def _demand(self, leg: LegId) -> Leg:
        found = self._register.find(leg)
        if found is None:
            raise RequestError("callLegDoesNotExist", f"no leg has the id {leg}", status=404)
        return found

    def _tell(self, leg: LegId, what: Callable[[Leg], None]) -> None:
        found = self._register.find(leg)
        if found is None:
            self._counters["late_events"] += 1
            return
        what(found)
        self._register.settle(found)
