"""One participant's connection: dialogue, media and place in the call, as explicit states (`leg_state`).

    incoming  receive ─► 180, open transports ─► 200 with answer ─► AGREED  ─► ACK ─► CONNECTED
    no offer  receive ─► 180, open transports ─► 200 with offer  ─► OFFERED ─► ACK with answer ─► CONNECTED
    outgoing  dial    ─► open transports ─► INVITE with offer    ─► OFFERED ─► 200 with answer ─► CONNECTED

Who gave us an offer is in the call with our answer, so that media flows at once. Whom we gave an offer is in
it when both its answer and the confirmation are there: a called party's early media does not reach the
others. What was opened in media is closed exactly once, when the leg begins to end.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cms_media.base.errors import PeerError
from cms_media.base.types import LegId, MediaKind
from cms_media.conference.leg_state import GONE, TRANSITIONS, LegState, Step
from cms_media.conference.negotiation import Negotiation, Said
from cms_media.conference.party import Direction, LegAccount, LegIdentity
from cms_media.conference.ports import Info, LocalTransport, MediaPort, SignallingPort
from cms_media.conference.restraint import Restraint
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.plan import StreamPlan
from cms_media.sdp.small import sees_less

log = logging.getLogger(__name__)

RETRY_AFTER_S = 10
"""Told to whom we cannot serve now; as CMS does."""
MAX_RECOVERIES = 30
"""Tries to get media again, one per tick: a worker that does not come back in so long will not."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The two planes that a leg lives on."""

    signalling: SignallingPort
    media: MediaPort


@dataclass(frozen=True, slots=True)
class Invitation:
    """An INVITE that goes out as soon as there are ports to offer."""

    uri: str
    from_user: str
    headers: Mapping[str, str]


class Leg:
    """One leg from its first message to its last. `on_...` are events of signalling or media."""

    def __init__(self, identity: LegIdentity, negotiation: Negotiation, ports: Ports) -> None:
        self.identity = identity
        self.state = LegState.OPENING
        self.account = LegAccount()
        self._negotiation = negotiation
        self._signalling = ports.signalling
        self._media = ports.media
        self._media_open = False
        self._configured = False
        self._recoveries = 0
        self.lost_media = False
        self._invitation: Invitation | None = None
        self._answered_offer = False
        self._peer_asked = False
        self._restraint = Restraint()

    @property
    def id(self) -> LegId:
        """Its identity everywhere."""
        return self.identity.leg

    @property
    def in_call(self) -> bool:
        """Heard and seen by the others."""
        return self._configured and not self.gone

    @property
    def gone(self) -> bool:
        """Nothing of it is left in media or the call."""
        return self.state in GONE

    @property
    def plans(self) -> tuple[StreamPlan, ...]:
        """The streams that are agreed on."""
        return self._negotiation.plans

    @property
    def sees(self) -> bool:
        """It takes a picture from us."""
        return any(plan.kind is MediaKind.VIDEO and plan.sending for plan in self.plans)

    def receive(self, offer: SessionDescription | None) -> None:
        """Begin with an incoming INVITE; None: it had no offer, ours goes into the 200."""
        try:
            kinds = self._take(offer)
        except PeerError as error:
            self.end(488, str(error))
            return
        self._signalling.ring(self.id)
        self._open(kinds)

    def dial(self, invitation: Invitation) -> None:
        """Begin with an outgoing INVITE."""
        self._invitation = invitation
        self._open(self._negotiation.want_offer(further=True))

    def renegotiate(self) -> bool:
        """Offer all that we can in a re-INVITE. False when the leg is not connected or an offer is open."""
        if self.state is not LegState.CONNECTED or not self._negotiation.idle:
            return False
        self._peer_asked = False
        self._open(self._negotiation.want_offer(further=True))
        return True

    def on_small_enough(self, small: bool, now: float) -> None:
        """A small picture of it is enough, or is not any more; it understands no RTCP to be told so."""
        self._restraint.want(small)
        self.ask_for_picture(now)

    def ask_for_picture(self, now: float) -> None:
        """Tell the peer by re-INVITE which picture is wanted of it, if that has changed and it is the time.

        Never by UPDATE: that must be answered at once, which the RFC advises against in a confirmed dialogue (RFC 3311
        section 5.1).
        """
        if not self._restraint.due(now):
            return
        standing = self.state is LegState.CONNECTED and self.in_call and self._negotiation.idle
        sends = any(plan.kind is MediaKind.VIDEO and plan.receiving for plan in self.plans)
        if not standing or not sends:
            return
        self._restraint.ask(now)
        log.info("asked by re-INVITE leg=%s small=%s", self.id, self._restraint.target_small)
        self._peer_asked = False
        self._negotiation.want_same()
        self._proceed()

    def end(self, code: int = 200, reason: str = "", retry_after_s: int | None = None) -> None:
        """From our side, in whatever state it is; no effect when it is over already."""
        if self.gone:
            return
        before = self.state
        self._leave(f"us {code} {reason}".rstrip())
        if before is not LegState.OPENING:
            self._signalling.hang_up(self.id, code, reason)
        elif self.identity.direction is Direction.INCOMING:
            self._signalling.reject(self.id, code if code >= 300 else 480, reason, retry_after_s)
        else:
            # Nothing was dialled: signalling has never heard of it and will not say that it ended.
            self._step(Step.END)

    def on_answer(self, answer: SessionDescription) -> None:
        """To the offer of ours that is out; the answer of a 18x may come once more in the 200."""
        again = self.state is LegState.AGREED and not self._answered_offer
        if self.gone or not (again or self._negotiation.awaits_answer):
            self._out_of_order("answer")
            return
        before = self.plans
        try:
            self._negotiation.take_answer(answer)
        except PeerError as error:
            self._restraint.failed(488)
            self._on_bad_answer(error)
            return
        self._restraint.accepted(sees_less=sees_less(before, self.plans))
        self._step(Step.AGREE)
        self._configure()

    def on_offer(self, offer: SessionDescription | None) -> None:
        """re-INVITE or UPDATE; None: the peer wants our offer."""
        if self.state not in (LegState.AGREED, LegState.CONNECTED):
            self._out_of_order("offer")
            return
        try:
            kinds = self._take(offer)
        except PeerError as error:
            self._signalling.reject(self.id, 488, str(error))
            return
        self._open(kinds)

    def on_offer_failed(self, code: int) -> None:
        """Our re-INVITE was refused, or the peer's offer could not wait for our answer."""
        log.info("offer failed leg=%s code=%d", self.id, code)
        self._negotiation.withdraw()
        self._restraint.failed(code)
        if self.state is LegState.CONNECTED and not self._configured:
            self.end(500, "media lost")

    def on_connected(self) -> None:
        """The dialogue is confirmed."""
        if self.state in (LegState.CONNECTED, LegState.CONFIRMED):
            return
        if self._step(Step.CONFIRM) and not self._configured:
            self._configure()

    def on_ended(self, code: int, reason: str) -> None:
        """The dialogue is over, whoever ended it."""
        if not self.gone:
            self._leave(f"peer {code} {reason}".rstrip())
        self._step(Step.END)

    def on_transports(self, transports: Sequence[LocalTransport]) -> None:
        """All transports of the leg in the order opened."""
        if self.gone:
            return
        self._negotiation.take_transports(transports)
        self._proceed()

    def on_media_failed(self, reason: str) -> None:
        """Media has released everything of it. A call that stands gets new ports (`recover`), others end."""
        # Once per loss, not once per try to recover.
        level = logging.DEBUG if self._recoveries else logging.ERROR
        log.log(level, "media failed leg=%s reason=%s", self.id, reason)
        self._media_open = self._configured = False
        self._negotiation.lose_transports()
        self._restraint.want(small=False)
        if self.state is LegState.CONNECTED:
            self.lost_media = True
        elif self.state is LegState.OPENING:
            self.end(503, reason, RETRY_AFTER_S)
        else:
            self.end(500, reason)

    def recover(self) -> None:
        """Try to get media again, with a re-INVITE that tells the peer our new ports."""
        self._recoveries += 1
        if self._recoveries > MAX_RECOVERIES:
            self.end(500, "media lost")
        elif not self.gone:
            self._peer_asked = self._negotiation.owes_answer
            self._open(self._negotiation.renew())

    def on_media_timeout(self) -> bool:
        """The peer vanished without a BYE. False: it may be silent, nothing is agreed to come from it.

        Of a held call many endpoints send no RTCP either; the session timer (RFC 4028) watches over those.
        """
        if self.gone or not any(plan.receiving for plan in self.plans):
            return False
        self.end(200, "no media received")
        return True

    def on_picture_fast_update(self) -> None:
        """The peer wants a key frame from us."""
        if not self.gone:
            self._media.key_frame_wanted(self.id)

    def on_key_frame_needed(self) -> None:
        """We want one from the peer, who understands no RTCP for it."""
        if self.state is LegState.CONNECTED:
            self._signalling.send_info(self.id, Info.PICTURE_FAST_UPDATE)

    def snapshot(self, now: float) -> dict[str, object]:
        """Plain values for status; the media plane's own come along under their own names."""
        party = self.identity.party
        codecs = {plan.kind: plan.send.codec.value for plan in self.plans}
        return {
            **self.account.media,
            "id": self.id,
            "name": party.name,
            "uri": party.uri,
            "peer": party.peer,
            "user_agent": party.user_agent,
            "state": self.state.value,
            "direction": self.identity.direction.value,
            "duration_s": round(now - self.identity.started_s, 1),
            "codec_audio": codecs.get(MediaKind.AUDIO, ""),
            "codec_video": codecs.get(MediaKind.VIDEO, ""),
            "encrypted": bool(self.plans) and all(plan.srtp_send is not None for plan in self.plans),
            "held": bool(self.plans) and not any(plan.sending for plan in self.plans),
            "video_live": self.account.video_live,
            "asked_for_small": self._restraint.agreed_small,
            "asked_by_reinvite": self._restraint.asked,
            "refused_by_reinvite": self._restraint.refused,
            "digits": self.account.digits,
            "out_of_order": self.account.out_of_order,
        }

    def _take(self, offer: SessionDescription | None) -> list[MediaKind]:
        self._peer_asked = True
        if offer is not None:
            return self._negotiation.take_offer(offer)
        # Signalling wants the offer in a 200 to a re-INVITE at once: there is no time to open anything.
        return self._negotiation.want_offer(further=self.state is LegState.OPENING)

    def _open(self, kinds: Sequence[MediaKind]) -> None:
        """Ask for what is missing; what is to be said follows when it is there, or at once."""
        self.lost_media = False
        if kinds:
            self._media_open = True
            self._media.open(self.id, self.identity.call, self._negotiation.address, kinds)
        else:
            self._proceed()

    def _proceed(self) -> None:
        try:
            said = self._negotiation.say(small=self._restraint.target_small)
        except PeerError as error:
            self._on_bad_offer(error)
            return
        if said is None:
            return
        if said.agreed:
            self._restraint.answered()
        else:
            self._restraint.offered()
        if self.state is LegState.OPENING:
            self._begin(said)
        elif self._peer_asked:
            self._reply(said)
        else:
            self._signalling.offer(self.id, said.description)

    def _begin(self, said: Said) -> None:
        """The first description of ours: in the 200 or in our INVITE."""
        self._answered_offer = said.agreed
        self._step(Step.AGREE if said.agreed else Step.OFFER)
        self._configure()
        if self._invitation is None:
            self._signalling.answer(self.id, said.description)
            return
        to = self._invitation
        self._signalling.dial(self.id, to.uri, said.description, to.from_user, to.headers)

    def _reply(self, said: Said) -> None:
        """To a re-INVITE or UPDATE: our answer, or our offer when it had none."""
        if said.agreed:
            self._step(Step.AGREE)
            self._configure()
        self._signalling.answer(self.id, said.description)

    def _configure(self) -> None:
        early = self.state is LegState.AGREED and not self._answered_offer
        if self._media_open and not early and self.state in (LegState.AGREED, LegState.CONNECTED):
            self._media.configure(self.id, self.identity.party.name, self.plans)
            self._configured = True
            self._recoveries = 0

    def _on_bad_offer(self, error: PeerError) -> None:
        if self.state is LegState.OPENING:
            self.end(488, str(error))
        else:
            self._signalling.reject(self.id, 488, str(error))

    def _on_bad_answer(self, error: PeerError) -> None:
        log.warning("answer refused leg=%s peer=%s error=%s", self.id, self.identity.party.peer, error)
        if self.state is not LegState.CONNECTED:
            self.end(488, str(error))

    def _leave(self, why: str) -> None:
        self.account.ended_by = why
        self._step(Step.LEAVE)
        self._configured = self.lost_media = False
        if self._media_open:
            self._media_open = False
            self._media.close(self.id)

    def _step(self, step: Step) -> bool:
        after = TRANSITIONS.get((self.state, step))
        if after is None:
            self._out_of_order(step.name.lower())
            return False
        self.state = after
        return True

    def _out_of_order(self, what: str) -> None:
        self.account.out_of_order += 1
        log.debug("out of order leg=%s what=%s state=%s", self.id, what, self.state.value)
