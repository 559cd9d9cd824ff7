"""The seams of the domain: what it asks of signalling and media, and what they tell it.

Every method returns at once and never raises for the peer's sake; results come back through the events
protocols, on the control plane's one thread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from cms_media.base.types import CallId, LegId, MediaKind, SocketAddress
from cms_media.layout.arrange import Pane
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.plan import StreamPlan

# --- signalling ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Invite:
    """An incoming call, before anything was answered but 100 Trying."""

    leg: LegId
    to_user: str
    """User part of the request URI, percent-decoded, as dialled."""
    to_host: str
    from_uri: str
    """sip:user@host, without parameters."""
    from_name: str
    """Display name, or the user part when there is none."""
    user_agent: str
    peer: SocketAddress
    """Where the request came from."""
    local_address: str
    """Our own IP address on the path to the peer: goes into c= unless the configuration says otherwise."""
    offer: SessionDescription | None
    """None: the INVITE had no body, our answer carries the offer."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that begin with X-, by lower-case name."""


class Info(StrEnum):
    """INFO bodies that we send."""

    PICTURE_FAST_UPDATE = "picture_fast_update"


class SignallingPort(Protocol):
    """What the domain may ask of SIP."""

    def ring(self, leg: LegId) -> None:
        """180 Ringing."""

    def answer(self, leg: LegId, description: SessionDescription) -> None:
        """200 with an answer, or an offer when the INVITE had none; or the answer to a re-INVITE/UPDATE."""

    def reject(self, leg: LegId, code: int, reason: str = "", retry_after_s: int | None = None) -> None:
        """Final failure to an INVITE, or 488 to a re-INVITE (the leg then stays as it was)."""

    def dial(
        self, leg: LegId, uri: str, offer: SessionDescription, from_user: str, headers: Mapping[str, str]
    ) -> None:
        """Outgoing INVITE."""

    def offer(self, leg: LegId, description: SessionDescription) -> None:
        """re-INVITE with a new offer; `on_answer` brings the answer, `on_offer_failed` its refusal."""

    def hang_up(self, leg: LegId, code: int = 200, reason: str = "") -> None:
        """BYE, CANCEL or a final failure, whichever the dialogue's state wants."""

    def send_info(self, leg: LegId, info: Info) -> None:
        """In-dialogue INFO."""

    def send_dtmf(self, leg: LegId, digits: str) -> None:
        """INFO application/dtmf-relay, for a peer without telephone-event."""


class SignallingEvents(Protocol):
    """What SIP tells the domain (or the test endpoint)."""

    def on_invite(self, invite: Invite) -> None: ...

    def on_ringing(self, leg: LegId) -> None:
        """A 18x to our INVITE."""

    def on_answer(self, leg: LegId, answer: SessionDescription) -> None:
        """The peer's answer to any offer of ours (INVITE, 200 to an offerless INVITE, re-INVITE)."""

    def on_offer(self, leg: LegId, offer: SessionDescription | None) -> None:
        """re-INVITE or UPDATE from the peer; None: it wants our offer. Call answer() or reject()."""

    def on_offer_failed(self, leg: LegId, code: int) -> None:
        """Our re-INVITE was refused, or a peer's offer that could not wait for our answer was.

        The session stands as before.
        """

    def on_connected(self, leg: LegId) -> None:
        """The dialogue is confirmed (ACK sent or received)."""

    def on_ended(self, leg: LegId, code: int, reason: str) -> None:
        """The leg is gone: BYE, CANCEL, failure or time-out. The last event of a leg, always sent once."""

    def on_digits(self, leg: LegId, digits: str) -> None:
        """DTMF by INFO."""

    def on_picture_fast_update(self, leg: LegId) -> None:
        """INFO media_control: the peer wants a key frame from us (RFC 5168)."""


# --- media --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LocalTransport:
    """Ports that the worker has opened for one m-line."""

    kind: MediaKind
    rtp_port: int
    rtcp_port: int


ScenePane = Pane
"""One pane: who is in it and where. Names are drawn from the label given to `MediaPort.configure`."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What one receiver sees: panes from back to front, or a full-canvas message when there are none."""

    panes: tuple[ScenePane, ...]
    message: str = ""
    """Shown on the welcome picture when `panes` is empty."""
    title: str = ""
    """The space's name, on the welcome picture."""
    active: LegId | None = None
    """The active speaker: its pane gets a frame."""
    shared: bool = False
    """Whoever sees himself in it does so only because media wants one picture for all."""


class Prompt(StrEnum):
    """Sounds that a leg can be played; synthesised, see media.prompts."""

    ONLY_PARTICIPANT = "only_participant"
    JOIN = "join"
    LEAVE = "leave"


class MediaPort(Protocol):
    """What the domain may ask of the media plane."""

    def has_room(self, kinds: Sequence[MediaKind]) -> bool:
        """Whether a new leg with such streams can be served; one that is there already may always open more."""

    def open(self, leg: LegId, call: CallId, address: str, kinds: Sequence[MediaKind]) -> None:
        """Place the leg on a worker and open a transport per entry of `kinds`, in order.

        Again for the same leg: opens the further kinds. `on_transports` or `on_media_failed` follows.
        """

    def configure(self, leg: LegId, label: str, streams: Sequence[StreamPlan]) -> None:
        """Send and receive as negotiated from now on.

        StreamPlan.index counts the leg's transports in order opened. A transport without a plan is idle. May
        be called any number of times (re-INVITE).
        """

    def set_scene(self, leg: LegId, scene: Scene) -> None: ...

    def play(self, leg: LegId, prompt: Prompt | None) -> None:
        """Play a prompt to one leg (looping for ONLY_PARTICIPANT), None stops."""

    def key_frame_wanted(self, leg: LegId) -> None:
        """The leg asked by SIP for a key frame from us."""

    def follow_speaker(self, call: CallId, leg: LegId | None) -> None:
        """Who is the call's active speaker now, see `on_levels`; None: nobody is."""

    def close(self, leg: LegId) -> None:
        """Everything of the leg is released."""


@dataclass(frozen=True, slots=True)
class LegMediaStatus:
    """One leg's media account: plain values for status pages; counters since it began."""

    leg: LegId
    values: Mapping[str, float | int | str]


class MediaEvents(Protocol):
    """What the media plane tells the domain."""

    def on_transports(self, leg: LegId, transports: Sequence[LocalTransport]) -> None:
        """All transports of the leg, in order opened."""

    def on_media_failed(self, leg: LegId, reason: str) -> None:
        """No ports, no worker, or the worker died: nothing of the leg is left in media; it may be opened anew."""

    def on_levels(self, levels_dbov: Mapping[LegId, float]) -> None:
        """About every 100 ms: of each call the speech levels of its active speaker and of the loudest other leg.

        Absent means silent: below the noise floor. Where nobody has video every 250 ms.
        """

    def on_digit(self, leg: LegId, digit: str) -> None:
        """A telephone-event, once per key press."""

    def on_video_source(self, leg: LegId, live: bool) -> None:
        """The leg's picture came or went (frozen sources count as gone)."""

    def on_media_timeout(self, leg: LegId) -> None:
        """Nothing has come from the peer, RTP nor RTCP, for the configured time: it vanished."""

    def on_key_frame_needed(self, leg: LegId) -> None:
        """The peer must send a key frame and understands no RTCP for it: ask by INFO."""

    def on_small_enough(self, leg: LegId, small: bool) -> None:
        """A small picture of the leg is enough, or is not any more, and it understands no RTCP to be told so."""

    def on_sharing(self, wanted: bool) -> None:
        """About once a second: whether all who could see the same picture are to do so, because media falls behind."""

    def on_status(self, statuses: Sequence[LegMediaStatus]) -> None:
        """When somebody has asked for them, of some of the legs at a time."""
