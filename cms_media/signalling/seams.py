"""What a leg needs of others: of the call in the SIP stack, of requests that wait, of the stack around it."""

from collections.abc import Callable, Mapping
from typing import Protocol

from cms_media.base.errors import CmsMediaError
from cms_media.base.types import LegId
from cms_media.conference.ports import SignallingEvents
from cms_media.signalling.accounting import FaultLog, SipCounters


class DialogueError(CmsMediaError):
    """The SIP stack refused what was asked. `code`: the SIP status that fits."""

    def __init__(self, message: str, code: int = 500) -> None:
        super().__init__(message)
        self.code = code


class Dialogue(Protocol):
    """One call in the SIP stack. Every method may raise DialogueError."""

    def ring(self) -> None: ...

    def answer(self, description: str | None) -> None:
        """200 to an INVITE or re-INVITE; None: the description is asked for by `SipLeg.on_describe`."""

    def refuse_offer(self, code: int) -> None:
        """Failure response to a re-INVITE."""

    def reinvite(self) -> None:
        """The description is asked for by `SipLeg.on_describe`."""

    def update(self) -> None:
        """UPDATE, with a description as in `reinvite`."""

    def info(self, content_type: str, body: str) -> None: ...

    def hang_up(self, code: int, reason: str, headers: Mapping[str, str]) -> None:
        """BYE, CANCEL or final failure. `SipLeg.on_disconnected` follows before it returns."""


class WaitingRequest(Protocol):
    """A request of the peer that pjsip has not seen yet, because it wants our description at once."""

    def hand_on(self) -> None:
        """To pjsip, which asks `SipLeg.on_describe` before this returns."""

    def answer(self, code: int) -> None:
        """Answer it without pjsip."""


class LegHost(Protocol):
    """What a leg needs of its surroundings."""

    events: SignallingEvents
    counters: SipCounters
    faults: FaultLog

    def post(self, leg: LegId, event: Callable[[], None]) -> None:
        """Call `event` soon, outside pjsip, in order."""

    def later(self, delay_s: float, leg: LegId, action: Callable[[], None]) -> None:
        """Call `action` after a while, unless the leg has ended."""

    def forget(self, leg: LegId) -> None:
        """The leg has ended: drop it."""
