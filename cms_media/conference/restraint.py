"""What one peer that understands no RTCP for it is asked to send, by re-INVITE: a small picture, or all that we take.

    wanted by media ─► target ─► due? ─► offer ─► answer: agreed | refusal: not asked for less again

Pure; takes the time. That a source is small for long enough is media's to judge; what is here is how a peer may be
bothered: one question at a time with a pause between, and no second one for less after a refusal. A peer that has
agreed to less and then refuses more is asked again, ever more rarely: nobody wants to see it coarse for good.
"""

from math import inf

PAUSE_S = 3.0
"""Between two questions; doubles with each that came to nothing."""
MAX_TRIES = 6
"""In a row that came to nothing, within a minute and a half: then the peer is left as it is."""
CROSSED = 491
"""Request Pending: our offer and the peer's met (RFC 3261 section 14.1), which says nothing about ours."""


class Restraint:
    """Of one leg. `small`, everywhere: a small picture is enough."""

    def __init__(self) -> None:
        self.agreed_small = False
        """What the peer was told last and has not refused."""
        self.asked = 0
        """How often it was asked, for less or for more."""
        self.refused = 0
        self._wanted_small = False
        self._offered_small: bool | None = None
        """In our offer that is out; None: there is none."""
        self._takes_less = True
        self._failures = 0
        """In a row."""
        self._next_s = -inf

    @property
    def target_small(self) -> bool:
        """What is to be said with our next description, whatever the reason for that."""
        return self._wanted_small and self._takes_less

    def want(self, small: bool) -> None:
        """What media wants from now on."""
        self._wanted_small = small

    def due(self, now_s: float) -> bool:
        """Whether the peer is to be asked now, if nothing else is being negotiated."""
        differs = self.target_small is not self.agreed_small and self._offered_small is None
        return differs and now_s >= self._next_s and self._failures < MAX_TRIES

    def ask(self, now_s: float) -> None:
        """It is asked: the next question has to wait."""
        self.asked += 1
        self._next_s = now_s + PAUSE_S * 2**self._failures

    def answered(self) -> None:
        """The target went out in an answer to the peer's offer."""
        self.agreed_small = self.target_small

    def offered(self) -> None:
        """The target went out in an offer of ours."""
        self._offered_small = self.target_small

    def accepted(self, *, sees_less: bool) -> None:
        """The peer answered our offer; `sees_less`: it takes less from us than before, which was not meant."""
        small, self._offered_small = self._offered_small, None
        if small is None:
            return
        if small and not self.agreed_small and sees_less:
            self._takes_less = False
        self.agreed_small = small
        self._failures = 0

    def failed(self, code: int) -> None:
        """Our offer was refused with this SIP status, or came to nothing."""
        small, self._offered_small = self._offered_small, None
        if small is None or small is self.agreed_small:
            return
        self._failures += 1
        if code == CROSSED:
            return
        self.refused += 1
        if small:
            self._takes_less = False
