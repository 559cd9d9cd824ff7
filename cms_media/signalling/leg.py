"""One SIP call between pjsip and the domain: its state, its offers and answers, its end. No pjsua2 in here.

    pjsip -> Dialogue's owner -> on_*() -> LegHost.post -> SignallingEvents        (below: "what the dialogue tells")
    SignallingPort -> stack -> ring/answer/... -> Dialogue                         (below: "what the domain asks")

Events to the domain are posted, not called: it never runs inside a callback of pjsip, where half of what it may ask
for is not allowed. Where pjsip wants our description inside a callback the request waits before it gets there.
"""

import logging
import random
from collections.abc import Callable, Mapping

from cms_media.base.types import LegId
from cms_media.sdp.description import SdpError, SessionDescription
from cms_media.signalling.info_exchange import InfoExchange
from cms_media.signalling.own_description import OwnDescription
from cms_media.signalling.seams import Dialogue, DialogueError, LegHost, WaitingRequest
from cms_media.signalling.states import (
    LEG_TRANSITIONS,
    OFFER_TRANSITIONS,
    LegInput,
    LegState,
    Machine,
    OfferInput,
    OfferState,
)

log = logging.getLogger(__name__)

MAX_ACK_WAIT_S = 32.0
"""64 times T1 (RFC 3261 section 13.3.1.4). pjsip would wait as long again, for the answer to its BYE."""
MAX_WAIT_S = 10.0
"""How long the domain may take to answer an offer; of an UPDATE the peer gives up after 32 s (timer F)."""
MAX_OFFER_RETRIES = 4
"""Repetitions of an offer that crossed with the peer's (491)."""


class SipLeg:
    """One call. `incoming`: who sent the INVITE."""

    def __init__(self, leg: LegId, host: LegHost, *, incoming: bool, peer: str = "") -> None:
        self.id = leg
        self.peer = peer
        """host:port, for the log."""
        self.slot = -1
        """pjsua's call id."""
        self.announced = not incoming
        """The domain knows of this leg."""
        self._host = host
        self._incoming = incoming
        self._dialogue: Dialogue | None = None
        self._life = Machine(LEG_TRANSITIONS, LegState.INCOMING if incoming else LegState.CALLING)
        self._offers = Machine(OFFER_TRANSITIONS, OfferState.IDLE)
        self._own = OwnDescription()
        self._remote = ""
        """The peer's last description that was agreed on."""
        self._ready: str | None = None
        """A description of ours that pjsip is about to ask for."""
        self._answering = False
        """An exchange that the peer began is being completed."""
        self._waiting: WaitingRequest | None = None
        """The peer's request that our next description belongs to."""
        self._queued: SessionDescription | None = None
        """An offer that waits for its turn; only the newest counts."""
        self._sent_offer: SessionDescription | None = None
        """The offer in our open re-INVITE, should it have to be repeated."""
        self._retries = 0
        self._owed = 0
        """re-INVITEs that we had to answer, to tell them apart."""
        self.info = InfoExchange(leg, peer, host, self._post, self._send_info)
        """INFO, which needs nothing of the rest but that the call stands."""
        self._end: tuple[int, str] | None = None
        """Why we hang up, if it is we who do."""

    @property
    def state(self) -> LegState:
        """Where the dialogue stands."""
        return self._life.state

    def attach(self, dialogue: Dialogue) -> None:
        """The leg's call in the SIP stack; kept until the leg's end."""
        self._dialogue = dialogue

    def snapshot(self) -> dict[str, str | int | bool]:
        """Plain values for status pages."""
        return {
            "leg": self.id,
            "peer": self.peer,
            "incoming": self._incoming,
            "state": self._life.state.name.lower(),
            "offers": self._offers.state.name.lower(),
            "digits_queued": self.info.digits_queued,
        }

    # --- what the domain asks -----------------------------------------------------------------------------

    def ring(self) -> None:
        """180, once."""
        if self._dialogue and self._life.step(LegInput.RING):
            self._try(self._dialogue.ring)
        else:
            self._late()

    def answer(self, description: SessionDescription) -> None:
        """Our description for the peer's INVITE, re-INVITE or UPDATE."""
        dialogue, owed = self._dialogue, self._offers.state
        if not dialogue or not self._offers.step(OfferInput.WE_ANSWER):
            self._late()
            return
        text = self._own.stamp(description)
        if self._life.step(LegInput.ANSWER):
            self._host.later(MAX_ACK_WAIT_S, self.id, self._give_up_on_ack)
        waiting, self._waiting = self._waiting, None
        if waiting or owed is OfferState.WANTED_BY_PEER:
            self._ready = text
        self._answering = owed is OfferState.OFFERED_BY_PEER
        if waiting:
            waiting.hand_on()
        else:
            self._try(lambda: dialogue.answer(None if self._ready else text))
        self._answering = False
        self._send_queued_offer()

    def reject(self, code: int, reason: str, headers: Mapping[str, str]) -> None:
        """Refuse the call, or only the offer when the call stands."""
        dialogue, owed = self._dialogue, self._offers.state
        if self._life.state in (LegState.INCOMING, LegState.RINGING):
            self._host.counters.rejected += 1
            self.hang_up(code, reason, headers)
        elif dialogue and owed in (OfferState.OFFERED_BY_PEER, OfferState.WANTED_BY_PEER):
            self._offers.step(OfferInput.FAIL)
            waiting, self._waiting = self._waiting, None
            if waiting:
                waiting.answer(code)
            else:
                self._try(lambda: dialogue.refuse_offer(code))
            self._send_queued_offer()
        else:
            self._late()

    def offer(self, description: SessionDescription) -> None:
        """re-INVITE (UPDATE before the 200), now or when the exchange that is open has ended."""
        if self._life.state is LegState.ENDED:
            self._late()
            return
        self._queued = description
        self._retries = 0
        self._send_queued_offer()

    def hang_up(self, code: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        """End the leg; `on_ended` follows."""
        dialogue = self._dialogue
        if self._life.state is LegState.ENDED:
            self._late()
            return
        self._end = (code, reason)
        try:
            if dialogue:  # none yet while the name that we dial is looked up
                dialogue.hang_up(self._final_code(code), reason, headers or {})
        except DialogueError as error:
            self._host.faults.warn("hang-up failed", self.peer, str(error))
        self.on_disconnected(code, reason)

    def begin(self, offer: SessionDescription) -> None:
        """The offer that goes out with the leg's own INVITE."""
        self._offers.step(OfferInput.WE_OFFER)
        self._ready = self._own.stamp(offer)

    # --- what the dialogue tells --------------------------------------------------------------------------

    def on_invited(self, offer: str) -> SessionDescription | None:
        """The INVITE's offer, empty when it had none. Raises SdpError."""
        if not offer:
            self._offers.step(OfferInput.PEER_ASKS)
            return None
        description = SessionDescription.parse(offer)
        self._offers.step(OfferInput.PEER_OFFERS)
        return description

    def on_progress(self) -> None:
        """A 18x to our INVITE."""
        if self._life.step(LegInput.PROGRESS):
            self._post(lambda: self._host.events.on_ringing(self.id))

    def on_confirmed(self) -> None:
        """ACK sent or received."""
        if self._life.step(LegInput.CONFIRM):
            self._host.counters.calls_connected += 1
            self._post(lambda: self._host.events.on_connected(self.id))
            if self._offers.state is OfferState.OFFERED_BY_US:
                # The ACK to our offer had to bring the answer (RFC 3261 section 13.2.1).
                self._post(lambda: self.hang_up(488, "no answer to our offer"))
            self._post(self._send_queued_offer)

    def on_disconnected(self, code: int, reason: str) -> None:
        """The dialogue is gone. Only the first call counts."""
        if not self._life.step(LegInput.END):
            return
        code, reason = self._end or (code, reason)
        # Rule 2 of DESIGN section 4: the call object goes now, before its slot has another owner.
        self._dialogue = None
        waiting, self._waiting = self._waiting, None
        if waiting:
            waiting.answer(481)
        self._host.forget(self.id)
        if self.announced:
            self._host.post(self.id, lambda: self._host.events.on_ended(self.id, code, reason))

    def on_negotiated(self, remote: str) -> None:
        """An exchange is complete; `remote` is the peer's description."""
        expected = self._offers.step(OfferInput.PEER_ANSWERS)
        # Not expected: pjsip refreshed the session by itself (RFC 4028), which rarely brings anything new. While an
        # offer waits for the end of that the domain would take it for the answer to this offer.
        if self._answering or (not expected and (remote == self._remote or self._queued)):
            self._remote = remote
            return
        try:
            answer = SessionDescription.parse(remote)
        except SdpError as error:
            self._bad_description(error)
            self._post(lambda: self.hang_up(488, "unreadable session description"))
            return
        self._remote = remote
        self._post(lambda: self._host.events.on_answer(self.id, answer))
        self._post(self._send_queued_offer)

    def on_reinvite(self, offer: str) -> bool:
        """A re-INVITE with an offer. False: refuse it, True: the domain will answer."""
        try:
            heard = SessionDescription.parse(offer)
        except SdpError as error:
            self._bad_description(error)
            return False
        if not self._offers.step(OfferInput.PEER_OFFERS):
            self._host.counters.offers_crossed += 1
            return False
        self._post(lambda: self._host.events.on_offer(self.id, heard))
        self._owed += 1
        owed = self._owed
        self._host.later(MAX_WAIT_S, self.id, lambda: self._give_up_answering(owed))
        return True

    def on_reinvite_cancelled(self) -> None:
        """The peer takes its re-INVITE back (RFC 3261 section 9.2): refuse it, or pjsip would take no other."""
        owed = self._offers.state is OfferState.OFFERED_BY_PEER and not self._waiting
        if owed and self._life.state is LegState.CONFIRMED:
            self._forget_peer_offer(487)

    def on_waiting(self, offer: str, request: WaitingRequest) -> None:
        """An UPDATE with an offer, or a re-INVITE without one (`offer` is empty)."""
        try:
            heard = SessionDescription.parse(offer) if offer else None
        except SdpError as error:
            self._bad_description(error)
            request.answer(488)
            return
        if self._waiting:
            self._host.counters.offers_crossed += 1
            request.answer(500)
        elif not self._offers.step(OfferInput.PEER_OFFERS if heard else OfferInput.PEER_ASKS):
            # Another exchange is open, pjsip knows which: 491, or 500 with Retry-After (RFC 3311 section 5.2).
            self._host.counters.offers_crossed += 1
            request.hand_on()
        else:
            self._waiting = request
            self._post(lambda: self._host.events.on_offer(self.id, heard))
            self._host.later(MAX_WAIT_S, self.id, lambda: self._give_up_waiting(request))

    def on_update(self) -> bool:
        """pjsip has an UPDATE with an offer before it. False: refuse it."""
        return self._ready is not None

    def on_describe(self, remote: str) -> str | None:
        """pjsip needs our description. `remote`: the offer that it answers, if any. None: leave it open."""
        text, self._ready = self._ready, None
        if text is None and not remote:
            # RFC 3261 section 14.2: when nothing new is to be said, the last description again.
            return self._own.text or None
        return text

    def on_offer_refused(self, code: int) -> None:
        """The peer refused our re-INVITE."""
        if self._offers.state is not OfferState.OFFERED_BY_US:
            return
        self._offers.step(OfferInput.FAIL)
        if code == 491 and self._retries < MAX_OFFER_RETRIES:
            self._host.counters.offers_crossed += 1
            self._retries += 1
            self._queued = self._queued or self._sent_offer
            # RFC 3261 section 14.1: who owns the Call-ID waits longer, so that the two do not meet again.
            delay_s = random.uniform(0.0, 2.0) if self._incoming else random.uniform(2.1, 4.0)
            self._host.later(delay_s, self.id, self._send_queued_offer)
            return
        self._post(lambda: self._host.events.on_offer_failed(self.id, code))
        self._post(self._send_queued_offer)

    def on_transfer_refused(self, how: str) -> None:
        """The peer tried to move the call (REFER, Replaces); the dialogue has declined."""
        self._host.counters.refused_transfers += 1
        self._host.faults.warn("transfer refused", self.peer, how)

    def on_own_fault(self, where: str) -> None:
        """An exception of ours while this leg was served (call it from the except branch): loud, ends this leg."""
        self._host.counters.own_faults += 1
        log.exception("leg=%s fault=own where=%s", self.id, where)
        self._post(lambda: self.hang_up(500, "internal error"))

    # --- inside -------------------------------------------------------------------------------------------

    def _post(self, event: Callable[[], None]) -> None:
        def unless_ended() -> None:
            if self._life.state is not LegState.ENDED:
                event()

        self._host.post(self.id, unless_ended)

    def _give_up_on_ack(self) -> None:
        if self._life.state is LegState.ANSWERED:
            self.hang_up(408, "no ACK")

    def _give_up_waiting(self, request: WaitingRequest) -> None:
        if self._waiting is request:
            self._waiting = None
            self._offer_lapsed(500)
            request.answer(500)

    def _give_up_answering(self, owed: int) -> None:
        if self._owed == owed and not self._waiting and self._offers.state is OfferState.OFFERED_BY_PEER:
            self._forget_peer_offer(500)

    def _forget_peer_offer(self, code: int) -> None:
        self._offer_lapsed(code)
        dialogue = self._dialogue
        if dialogue:
            self._try(lambda: dialogue.refuse_offer(code))

    def _offer_lapsed(self, code: int) -> None:
        self._offers.step(OfferInput.FAIL)
        self._post(lambda: self._host.events.on_offer_failed(self.id, code))
        self._post(self._send_queued_offer)

    def _send_queued_offer(self) -> None:
        if not self._queued or not self._dialogue or self._offers.state is not OfferState.IDLE:
            return
        early = self._life.state in (LegState.RINGING, LegState.PROCEEDING)
        if not early and self._life.state is not LegState.CONFIRMED:
            return
        self._offers.step(OfferInput.WE_OFFER)
        self._sent_offer, self._queued = self._queued, None
        self._ready = self._own.stamp(self._sent_offer)
        try:
            (self._dialogue.update if early else self._dialogue.reinvite)()
        except DialogueError as error:
            self._ready = None
            self._host.faults.warn("offer not sent", self.peer, str(error))
            # pjsip refuses while a transaction of either side is open: that is a crossing as well.
            self.on_offer_refused(491)

    def _send_info(self, content_type: str, body: str) -> None:
        dialogue = self._dialogue
        if dialogue and self._life.state is LegState.CONFIRMED:
            self._try(lambda: dialogue.info(content_type, body))
        else:
            self._late()

    def _final_code(self, code: int) -> int:
        """What goes on the wire: a refused INVITE needs a failure, whatever the domain calls the reason."""
        before_answer = self._life.state in (LegState.INCOMING, LegState.RINGING)
        return 480 if before_answer and code < 300 else code

    def _try(self, action: Callable[[], object]) -> None:
        """Do it; when the stack refuses, the leg cannot go on."""
        try:
            action()
        except DialogueError as error:
            self._host.faults.warn("refused by the SIP stack", self.peer, str(error))
            code = error.code
            self._post(lambda: self.hang_up(code, "internal error"))

    def _bad_description(self, error: SdpError) -> None:
        self._host.counters.bad_descriptions += 1
        self._host.faults.warn("unreadable SDP", self.peer, str(error))

    def _late(self) -> None:
        self._host.counters.late_commands += 1
