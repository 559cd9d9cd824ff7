"""The face of offer/answer (RFC 3264): what the domain and the test endpoint import.

A leg that is called: `needed(offer)` -> open transports -> `answer(offer)` -> description and plans.
A leg that calls: open transports -> `offer()` -> send -> `apply_answer(our offer, answer)` -> plans.
All are pure functions; what must survive between them is in `LocalMedia` (`previous`, `remote`).
"""

from cms_media.sdp.answer import Answer, answer, needed
from cms_media.sdp.capabilities import Capabilities, Encryption
from cms_media.sdp.errors import NothingInCommon
from cms_media.sdp.local import LocalMedia, OpenedTransport
from cms_media.sdp.offer import offer
from cms_media.sdp.outcome import apply_answer

__all__ = [
    "Answer",
    "Capabilities",
    "Encryption",
    "LocalMedia",
    "NothingInCommon",
    "OpenedTransport",
    "answer",
    "apply_answer",
    "needed",
    "offer",
]
