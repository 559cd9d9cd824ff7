"""What signalling counts, and the log of peers' faults: one line per fault and peer, however often it happens."""

import logging
from collections import OrderedDict
from dataclasses import asdict, dataclass

log = logging.getLogger(__name__)

MEMORY = 1024
"""Faults and peers remembered as logged; a stranger who forges addresses cannot fill more."""


@dataclass(slots=True)
class SipCounters:
    """Since start."""

    calls_in: int = 0
    calls_out: int = 0
    calls_connected: int = 0
    refused_capacity: int = 0
    """503 because all `capacity` legs were taken."""
    rejected: int = 0
    """Refused by the domain before an answer."""
    refused_by_stack: int = 0
    """INVITEs that pjsip refused itself: bad SDP, unknown extension, unknown body type."""
    bad_descriptions: int = 0
    """SDP that could not be read."""
    bad_info: int = 0
    """INFO bodies that could not be read."""
    refused_transfers: int = 0
    """REFER and Replaces."""
    late_commands: int = 0
    """Commands for a leg that had ended or was not in a state for them."""
    offers_crossed: int = 0
    """491, ours or theirs (RFC 3261 section 14.1)."""
    dropped_digits: int = 0
    """DTMF to send beyond the queue's length."""
    own_faults: int = 0
    """Exceptions of our own code while a leg was served: bugs."""

    def snapshot(self) -> dict[str, int]:
        """All counters by name."""
        return asdict(self)


class FaultLog:
    """Remembers which fault of which peer was logged."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def warn(self, fault: str, peer: str, detail: str = "") -> bool:
        """Log unless this fault of this host was logged before. `peer` is host:port. True: logged."""
        key = (fault, peer.rpartition(":")[0] or peer)
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > MEMORY:
            self._seen.popitem(last=False)
        log.warning("fault=%s peer=%s detail=%r", fault, peer, detail)
        return True
