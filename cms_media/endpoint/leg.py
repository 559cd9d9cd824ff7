"""One leg that calls: SIP events in, offers and answers out, plans to whoever runs its media.

dial ─► offer ─► on_answer ─► plans ─► run_stream ─► (re-INVITEs) ─► ended
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from cms_media.base.types import LegId, MediaKind
from cms_media.conference.ports import Invite, LocalTransport, SignallingEvents, SignallingPort
from cms_media.media.worker.streams import can_run
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.negotiation import (
    Capabilities,
    LocalMedia,
    NothingInCommon,
    answer,
    apply_answer,
    offer,
)
from cms_media.sdp.plan import StreamPlan


class Transport(Protocol):
    """Ports for the packets of one stream."""

    @property
    def id(self) -> int: ...
    @property
    def rtp_port(self) -> int: ...
    @property
    def rtcp_port(self) -> int: ...


class MediaPorts(Protocol):
    """Whoever has the sockets: the engine, as a rule."""

    def open_transport(self, address: str) -> Transport:
        """Raises OSError when there is no port."""

    def idle(self, transport: int) -> None:
        """Nothing is sent or received until it is run again."""


class EndpointLeg:
    """Implements SignallingEvents for one leg of ours; what is done with its media is the heir's."""

    def __init__(
        self,
        leg: LegId,
        capabilities: Capabilities,
        ports: MediaPorts,
        signalling: SignallingPort,
        address: str,
    ) -> None:
        """Opens the ports. Raises OSError when there are none."""
        self.id = leg
        self.transports: Sequence[tuple[MediaKind, Transport]] = [
            (kind, ports.open_transport(address)) for kind in MediaKind if kind in capabilities.kinds
        ]
        self._ports = ports
        self._signalling = signalling
        self._capabilities = capabilities
        self._local = LocalMedia(
            address,
            [LocalTransport(kind, opened.rtp_port, opened.rtcp_port) for kind, opened in self.transports],
            session_id=time.time_ns() // 1_000_000,
        )
        self._dialled_s = 0.0
        self.setup_s = 0.0
        """INVITE sent to 200 received; 0: not yet."""
        self.ended_by = ""
        """`remote`, `timeout` or `failed: CODE REASON`; empty: it stands."""

    @property
    def answered(self) -> bool:
        """Media flows, or has flowed."""
        return self.setup_s > 0

    @property
    def ended(self) -> bool:
        """The leg is gone."""
        return bool(self.ended_by)

    def stream_of(self, kind: MediaKind) -> int | None:
        """The stream that carries this kind."""
        return next((opened.id for known, opened in self.transports if known is kind), None)

    def dial(self, target: str, name: str) -> None:
        """Sends the INVITE; `name` is the user part of our own URI."""
        description = offer(self._capabilities, self._local)
        self._local = replace(self._local, previous=description)
        self._dialled_s = time.monotonic()
        self._signalling.dial(self.id, target, description, name, {})

    def run_stream(self, kind: MediaKind, stream: int, plan: StreamPlan) -> None:
        """What was negotiated for a stream, each time anew."""
        raise NotImplementedError

    def want_key_frame(self) -> None:
        """The peer asked for one."""

    # --- SignallingEvents ---------------------------------------------------------------------------------

    def on_invite(self, invite: Invite) -> None:
        """Nobody calls us."""
        self._signalling.reject(invite.leg, 486)

    def on_ringing(self, leg: LegId) -> None:
        """Nothing to do: the answer counts."""

    def on_answer(self, leg: LegId, answer: SessionDescription) -> None:
        """Media begins."""
        ours = self._local.previous
        assert ours is not None
        self.setup_s = self.setup_s or time.monotonic() - self._dialled_s
        self._local = replace(self._local, remote=answer)
        try:
            plans = apply_answer(ours, answer, self._capabilities, self._local)
        except NothingInCommon as error:
            self._signalling.hang_up(leg, 488, str(error))
            return
        self._configure([plan for plan in plans if plan is not None])

    def on_offer(self, leg: LegId, offer_: SessionDescription | None) -> None:
        """A re-INVITE: what we can do has not changed, what the peer wants may have."""
        if offer_ is None:
            description = offer(self._capabilities, self._local)
            self._local = replace(self._local, previous=description)
        else:
            try:
                made = answer(offer_, self._capabilities, self._local)
            except NothingInCommon:
                self._signalling.reject(leg, 488)
                return
            description = made.description
            self._local = replace(self._local, previous=description, remote=offer_)
            self._configure([plan for plan in made.plans if plan is not None])
        self._signalling.answer(leg, description)

    def on_offer_failed(self, leg: LegId, code: int) -> None:
        """We make no offers but the first."""

    def on_connected(self, leg: LegId) -> None:
        """The ACK is out."""

    def on_ended(self, leg: LegId, code: int, reason: str) -> None:
        """The peer hung up, refused or vanished."""
        if self.answered:
            self.ended_by = "timeout" if code == 408 else "remote"
        else:
            self.ended_by = f"failed: {code} {reason}".strip()

    def on_digits(self, leg: LegId, digits: str) -> None:
        """Not reported."""

    def on_picture_fast_update(self, leg: LegId) -> None:
        """Key frame wanted, by INFO."""
        self.want_key_frame()

    # --- inside -------------------------------------------------------------------------------------------

    def _configure(self, plans: Sequence[StreamPlan]) -> None:
        active = {plan.index: plan for plan in plans if can_run(plan)}
        for index, (kind, opened) in enumerate(self.transports):
            plan = active.get(index)
            if plan is None:
                self._ports.idle(opened.id)
            else:
                self.run_stream(kind, opened.id, plan)


class Switchboard:
    """Implements SignallingEvents for many legs: each hears its own."""

    def __init__(self) -> None:
        self.legs: dict[LegId, SignallingEvents] = {}

    def on_invite(self, invite: Invite) -> None:
        """Nobody calls us: pjsip's own time-out answers."""

    def on_ringing(self, leg: LegId) -> None:
        """See SignallingEvents; so all the others."""
        self.legs[leg].on_ringing(leg)

    def on_answer(self, leg: LegId, answer: SessionDescription) -> None:
        self.legs[leg].on_answer(leg, answer)

    def on_offer(self, leg: LegId, offer: SessionDescription | None) -> None:
        self.legs[leg].on_offer(leg, offer)

    def on_offer_failed(self, leg: LegId, code: int) -> None:
        self.legs[leg].on_offer_failed(leg, code)

    def on_connected(self, leg: LegId) -> None:
        self.legs[leg].on_connected(leg)

    def on_ended(self, leg: LegId, code: int, reason: str) -> None:
        self.legs[leg].on_ended(leg, code, reason)

    def on_digits(self, leg: LegId, digits: str) -> None:
        self.legs[leg].on_digits(leg, digits)

    def on_picture_fast_update(self, leg: LegId) -> None:
        self.legs[leg].on_picture_fast_update(leg)
