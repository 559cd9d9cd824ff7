"""What a leg may do when: its life and its offer/answer exchange, as tables.

Life of a leg (RFC 3261 sections 13 to 15):

    INCOMING --RING--> RINGING --ANSWER--> ANSWERED --CONFIRM--> CONFIRMED
    CALLING --PROGRESS--> PROCEEDING --CONFIRM--> CONFIRMED
    anything --END--> ENDED

Offer and answer (RFC 3264, RFC 6337 section 2): at most one offer is open per dialogue.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Generic, TypeVar


class LegState(Enum):
    """Where the dialogue stands."""

    INCOMING = auto()
    RINGING = auto()
    ANSWERED = auto()
    """200 sent, ACK awaited."""
    CALLING = auto()
    PROCEEDING = auto()
    CONFIRMED = auto()
    ENDED = auto()


class LegInput(Enum):
    """What happens to a dialogue."""

    RING = auto()
    ANSWER = auto()
    PROGRESS = auto()
    CONFIRM = auto()
    END = auto()


class OfferState(Enum):
    """Whose turn it is to describe the session."""

    IDLE = auto()
    OFFERED_BY_PEER = auto()
    """We owe an answer."""
    WANTED_BY_PEER = auto()
    """An INVITE without offer: we owe an offer."""
    OFFERED_BY_US = auto()
    """The peer owes an answer."""


class OfferInput(Enum):
    """What happens to the exchange."""

    PEER_OFFERS = auto()
    PEER_ASKS = auto()
    WE_ANSWER = auto()
    """Our description in a response."""
    WE_OFFER = auto()
    """Our description in a request."""
    PEER_ANSWERS = auto()
    FAIL = auto()
    """Refused by either side."""


_S, _I = LegState, LegInput
LEG_TRANSITIONS: Mapping[tuple[LegState, LegInput], LegState] = {
    (_S.INCOMING, _I.RING): _S.RINGING,
    (_S.INCOMING, _I.ANSWER): _S.ANSWERED,
    (_S.RINGING, _I.ANSWER): _S.ANSWERED,
    (_S.ANSWERED, _I.CONFIRM): _S.CONFIRMED,
    (_S.CALLING, _I.PROGRESS): _S.PROCEEDING,
    (_S.PROCEEDING, _I.PROGRESS): _S.PROCEEDING,
    (_S.CALLING, _I.CONFIRM): _S.CONFIRMED,
    (_S.PROCEEDING, _I.CONFIRM): _S.CONFIRMED,
    **{(state, _I.END): _S.ENDED for state in LegState if state is not _S.ENDED},
}

_O, _X = OfferState, OfferInput
OFFER_TRANSITIONS: Mapping[tuple[OfferState, OfferInput], OfferState] = {
    (_O.IDLE, _X.PEER_OFFERS): _O.OFFERED_BY_PEER,
    (_O.IDLE, _X.PEER_ASKS): _O.WANTED_BY_PEER,
    (_O.IDLE, _X.WE_OFFER): _O.OFFERED_BY_US,
    (_O.OFFERED_BY_PEER, _X.WE_ANSWER): _O.IDLE,
    (_O.WANTED_BY_PEER, _X.WE_ANSWER): _O.OFFERED_BY_US,
    (_O.OFFERED_BY_US, _X.PEER_ANSWERS): _O.IDLE,
    **{(state, _X.FAIL): _O.IDLE for state in OfferState},
}

State = TypeVar("State")
Input = TypeVar("Input")


class Machine(Generic[State, Input]):
    """A state and the table that moves it."""

    def __init__(self, table: Mapping[tuple[State, Input], State], start: State) -> None:
        self._table = table
        self.state = start

    def step(self, event: Input) -> bool:
        """Move on. False, and nothing changes, when the table does not allow `event` here."""
        following = self._table.get((self.state, event))
        if following is None:
            return False
        self.state = following
        return True
