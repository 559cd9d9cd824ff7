"""The states of a leg and what leads from one to the next; no behaviour."""

from enum import Enum, StrEnum, auto


class LegState(StrEnum):
    """Of dialogue and session together."""

    OPENING = "opening"
    """Transports are being opened; an incoming call was told 180, an outgoing one is not dialled yet."""
    OFFERED = "offered"
    """Our offer is out, neither answered nor confirmed."""
    AGREED = "agreed"
    """Offer and answer are exchanged, the dialogue is not confirmed."""
    CONFIRMED = "confirmed"
    """The dialogue is confirmed, the answer to our offer is missing."""
    CONNECTED = "connected"
    ENDING = "ending"
    """Everything of ours is released; signalling has yet to say that the dialogue is over."""
    ENDED = "ended"


class Step(Enum):
    """What moves a leg from state to state."""

    OFFER = auto()
    AGREE = auto()
    CONFIRM = auto()
    LEAVE = auto()
    END = auto()


GONE = frozenset({LegState.ENDING, LegState.ENDED})

TRANSITIONS: dict[tuple[LegState, Step], LegState] = {
    (LegState.OPENING, Step.OFFER): LegState.OFFERED,
    (LegState.OPENING, Step.AGREE): LegState.AGREED,
    (LegState.OFFERED, Step.AGREE): LegState.AGREED,
    (LegState.OFFERED, Step.CONFIRM): LegState.CONFIRMED,
    (LegState.CONFIRMED, Step.AGREE): LegState.CONNECTED,
    (LegState.AGREED, Step.AGREE): LegState.AGREED,
    (LegState.AGREED, Step.CONFIRM): LegState.CONNECTED,
    (LegState.CONNECTED, Step.AGREE): LegState.CONNECTED,
    **{(state, Step.LEAVE): LegState.ENDING for state in LegState if state not in GONE},
    **{(state, Step.END): LegState.ENDED for state in LegState if state is not LegState.ENDED},
}
"""Everything else is out of order: it is counted and has no effect."""
