"""Our own fakes of our own seams: a dialogue that records, a host that delivers at once, a domain that remembers."""

from collections.abc import Callable, Mapping

from cms_media.base.types import LegId
from cms_media.conference.ports import Invite
from cms_media.sdp.description import SessionDescription
from cms_media.signalling.accounting import FaultLog, SipCounters
from cms_media.signalling.leg import SipLeg
from cms_media.signalling.seams import DialogueError

AUDIO = "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"
AUDIO_VIDEO = AUDIO + "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"
OURS = SessionDescription.parse(AUDIO.replace("10.0.0.2", "10.0.0.1"))
OURS_WITH_VIDEO = SessionDescription.parse(AUDIO_VIDEO.replace("10.0.0.2", "10.0.0.1"))


class FakeEvents:
    """What the domain was told, as tuples."""

    def __init__(self) -> None:
        self.seen: list[tuple[object, ...]] = []

    @property
    def names(self) -> list[object]:
        return [event[0] for event in self.seen]

    def on_invite(self, invite: Invite) -> None:
        self.seen.append(("invite", invite))

    def on_ringing(self, leg: LegId) -> None:
        self.seen.append(("ringing",))

    def on_answer(self, leg: LegId, answer: SessionDescription) -> None:
        self.seen.append(("answer", answer))

    def on_offer(self, leg: LegId, offer: SessionDescription | None) -> None:
        self.seen.append(("offer", offer))

    def on_offer_failed(self, leg: LegId, code: int) -> None:
        self.seen.append(("offer_failed", code))

    def on_connected(self, leg: LegId) -> None:
        self.seen.append(("connected",))

    def on_ended(self, leg: LegId, code: int, reason: str) -> None:
        self.seen.append(("ended", code, reason))

    def on_digits(self, leg: LegId, digits: str) -> None:
        self.seen.append(("digits", digits))

    def on_picture_fast_update(self, leg: LegId) -> None:
        self.seen.append(("picture_fast_update",))


class FakeHost:
    """Delivers what is posted when `flush` is called; `delayed` holds what is to come later."""

    def __init__(self) -> None:
        self.events = FakeEvents()
        self.counters = SipCounters()
        self.faults = FaultLog()
        self.posted: list[Callable[[], None]] = []
        self.delayed: list[tuple[float, Callable[[], None]]] = []
        self.forgotten: list[LegId] = []

    def post(self, leg: LegId, event: Callable[[], None]) -> None:
        self.posted.append(event)

    def flush(self) -> None:
        while self.posted:
            self.posted.pop(0)()

    def later(self, delay_s: float, leg: LegId, action: Callable[[], None]) -> None:
        self.delayed.append((delay_s, action))

    def forget(self, leg: LegId) -> None:
        self.forgotten.append(leg)


class FakeRequest:
    """A request that waits: notes what became of it, and asks for a description as pjsip does."""

    def __init__(self, leg: SipLeg, offer: str) -> None:
        self._leg = leg
        self._offer = offer
        self.description: str | None = None
        self.code = 0

    def hand_on(self) -> None:
        if self._offer and not self._leg.on_update():
            self.code = 488
            return
        self.description = self._leg.on_describe(self._offer)
        self.code = 200
        if self._offer:
            self._leg.on_negotiated(self._offer)

    def answer(self, code: int) -> None:
        self.code = code


class FakeDialogue:
    """Records what was asked; asks for descriptions as pjsip does; raises when told to."""

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg
        self.asked: list[tuple[object, ...]] = []
        self.error: DialogueError | None = None
        self.offered = AUDIO
        """What the peer's last offer was, by the time that it is answered."""

    def _do(self, *what: object) -> None:
        self.asked.append(what)
        if self.error:
            raise self.error

    def ring(self) -> None:
        self._do("ring")

    def answer(self, description: str | None) -> None:
        self._do("answer", description if description is not None else self._leg.on_describe(""))
        if description is not None:
            self._leg.on_negotiated(self.offered)

    def refuse_offer(self, code: int) -> None:
        self._do("refuse_offer", code)

    def reinvite(self) -> None:
        self._do("reinvite", self._leg.on_describe(""))

    def update(self) -> None:
        self._do("update", self._leg.on_describe(""))

    def info(self, content_type: str, body: str) -> None:
        self._do("info", content_type, body)

    def hang_up(self, code: int, reason: str, headers: Mapping[str, str]) -> None:
        self._do("hang_up", code, reason, dict(headers))


def incoming(offer: str = AUDIO) -> tuple[SipLeg, FakeDialogue, FakeHost]:
    """A leg whose INVITE has been announced."""
    host = FakeHost()
    leg = SipLeg(LegId("1"), host, incoming=True, peer="10.0.0.2:5060")
    dialogue = FakeDialogue(leg)
    leg.attach(dialogue)
    leg.on_invited(offer)
    leg.announced = True
    return leg, dialogue, host


def connected() -> tuple[SipLeg, FakeDialogue, FakeHost]:
    """A leg in its call, nothing remembered of how it got there."""
    leg, dialogue, host = incoming()
    leg.answer(OURS)
    leg.on_confirmed()
    host.flush()
    host.events.seen.clear()
    dialogue.asked.clear()
    return leg, dialogue, host
