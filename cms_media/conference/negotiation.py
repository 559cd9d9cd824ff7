"""Offers and answers of one leg (RFC 3264): what is asked, which ports it needs, what to say.

Not the dialogue: whether a description goes out in a 200, an INVITE or a re-INVITE is the leg's to know, and
that only one offer is open at a time is signalling's to see to (RFC 3261 section 14). An offer of ours may
wait there for the peer's to be answered first, so it stays open until its own answer or refusal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from cms_media.base.types import MediaKind
from cms_media.conference.ports import LocalTransport
from cms_media.sdp.capabilities import Capabilities
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.errors import NothingInCommon
from cms_media.sdp.local import LocalMedia
from cms_media.sdp.negotiation import answer, apply_answer, needed, offer
from cms_media.sdp.plan import StreamPlan
from cms_media.sdp.small import for_small, of_agreed


class Wanted(Enum):
    """What we have to say as soon as there are transports for it."""

    NOTHING = auto()
    ANSWER = auto()
    OFFER = auto()
    SAME = auto()
    """An offer of what is agreed, with what we want of the peer now."""


@dataclass(frozen=True, slots=True)
class Said:
    """A description of ours that goes out now."""

    description: SessionDescription
    agreed: bool
    """It is an answer, `Negotiation.plans` are in force; False: it is an offer."""


class Negotiation:
    """One leg's descriptions, transports and plans."""

    def __init__(self, capabilities: Capabilities, address: str, session_id: int) -> None:
        self._capabilities = capabilities
        self._local = LocalMedia(address=address, transports=(), session_id=session_id)
        self._requested: list[MediaKind] = []
        self._lost: list[MediaKind] = []
        self._wanted = Wanted.NOTHING
        self._peer_offer: SessionDescription | None = None
        self._own_offer: SessionDescription | None = None
        self.awaits_answer = False
        self.plans: tuple[StreamPlan, ...] = ()

    @property
    def address(self) -> str:
        """Our IP address on the path to this peer."""
        return self._local.address

    @property
    def owes_answer(self) -> bool:
        """The peer's offer waits for us."""
        return self._wanted is Wanted.ANSWER

    @property
    def idle(self) -> bool:
        """Nobody has to say anything."""
        return self._wanted is Wanted.NOTHING and not self.awaits_answer

    def take_offer(self, offered: SessionDescription) -> list[MediaKind]:
        """The kinds for which transports must still be opened. Raises PeerError; then nothing changed."""
        kinds = [kind for kind in needed(offered, self._capabilities) if kind is not None]
        if not kinds and self._local.previous is None:
            raise NothingInCommon("no m-line of the offer is of use to us")
        self._peer_offer = offered
        self._wanted = Wanted.ANSWER
        return self._request(kinds)

    def want_offer(self, *, further: bool) -> list[MediaKind]:
        """We shall offer what there are transports for, or `further` all that we can; the kinds still to open."""
        self._wanted = Wanted.OFFER
        return self._request(self._capabilities.kinds if further else ())

    def want_same(self) -> None:
        """We shall offer what is agreed on once more, and say with it whether a small picture is enough."""
        self._wanted = Wanted.SAME

    def take_transports(self, transports: Sequence[LocalTransport]) -> None:
        """All transports of the leg in the order opened."""
        self._local = replace(self._local, transports=tuple(transports))

    def lose_transports(self) -> None:
        """Media is gone: whatever is said next needs new ports."""
        self._local = replace(self._local, transports=())
        self._lost, self._requested = self._requested or self._lost, []

    def renew(self) -> list[MediaKind]:
        """We shall say anew what was agreed, with new ports; the kinds to open for that."""
        if self._wanted is Wanted.NOTHING:
            self._wanted = Wanted.OFFER
        return self._request(self._lost)

    def say(self, *, small: bool = False) -> Said | None:
        """What is to be sent now; None: nothing, or transports are missing. Raises PeerError.

        `small`: a small picture of the peer is enough.
        """
        if len(self._local.transports) < len(self._requested):
            return None
        wanted, self._wanted = self._wanted, Wanted.NOTHING
        ours = self._ours(wanted, small)
        match wanted:
            case Wanted.ANSWER:
                return self._answer(ours)
            case Wanted.OFFER | Wanted.SAME:
                return self._make_offer(ours)
            case Wanted.NOTHING:
                return None

    def take_answer(self, answered: SessionDescription) -> None:
        """Brings new plans. Raises PeerError when it does not fit our offer; the old plans then stand."""
        if self._own_offer is None:
            raise NothingInCommon("an answer to no offer")
        self.awaits_answer = False
        plans = apply_answer(self._own_offer, answered, self._capabilities, self._local)
        self._keep(plans)
        self._local = replace(self._local, remote=answered)

    def withdraw(self) -> None:
        """The exchange came to nothing: what was agreed before stands (RFC 3261 section 14.1)."""
        self.awaits_answer = False
        self._wanted = Wanted.NOTHING

    def _request(self, kinds: Sequence[MediaKind]) -> list[MediaKind]:
        missing = [kind for kind in kinds if kind not in self._requested]
        self._requested += missing
        return missing

    def _ours(self, wanted: Wanted, small: bool) -> Capabilities:
        """What we say that we can."""
        ours = of_agreed(self._capabilities, self.plans) if wanted is Wanted.SAME else self._capabilities
        peer = self._peer_offer if wanted is Wanted.ANSWER else self._local.remote
        return for_small(ours, peer) if small else ours

    def _answer(self, ours: Capabilities) -> Said:
        assert self._peer_offer is not None
        offered, self._peer_offer = self._peer_offer, None
        made = answer(offered, ours, self._local)
        self._keep(made.plans)
        self._local = replace(self._local, previous=made.description, remote=offered)
        return Said(made.description, agreed=True)

    def _make_offer(self, ours: Capabilities) -> Said:
        self._own_offer = offer(ours, self._local)
        self.awaits_answer = True
        self._local = replace(self._local, previous=self._own_offer)
        return Said(self._own_offer, agreed=False)

    def _keep(self, plans: Sequence[StreamPlan | None]) -> None:
        self.plans = tuple(plan for plan in plans if plan is not None)
