"""Bodies of INFO requests: DTMF (application/dtmf-relay, application/dtmf) and picture fast update (RFC 5168).

Pure. pjsip has parsers of its own, which crash or refuse on spellings that endpoints really send; so the text is
read here. Assumption: of a media_control document only the presence of the picture_fast_update element matters.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

from cms_media.base.errors import PeerError

MAX_BODY_CHARACTERS = 4096
"""A real one has under 300."""
MAX_DIGITS = 32
"""Digits in one body. dtmf-relay carries one; some send a whole PIN."""
DIGITS = frozenset("0123456789*#ABCD")
DTMF_DURATION_MS = 160

DTMF_RELAY_TYPE = "application/dtmf-relay"
DTMF_TYPE = "application/dtmf"
MEDIA_CONTROL_TYPE = "application/media_control+xml"

_SIGNAL = re.compile(r"(?:^|[\r\n])[ \t]*signal[ \t]*=[ \t]*([^\r\n]*)", re.IGNORECASE)
_EVENT_CODES = {"10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D"}
"""RFC 4733 event numbers, which some send instead of the character."""
_PICTURE_FAST_UPDATE = re.compile(r"<\s*(?:[\w.-]+:)?picture_fast_update\b")


class InfoBodyError(PeerError):
    """The body does not say what its type promises."""


class InfoRequest(Enum):
    """What an INFO can ask for besides digits."""

    PICTURE_FAST_UPDATE = auto()
    NOTHING_KNOWN = auto()
    """A request that we have no use for, or no body at all: some keep sessions alive so."""
    UNKNOWN_TYPE = auto()
    """A body of a type that we do not read."""


@dataclass(frozen=True, slots=True)
class Digits:
    """Keys pressed, in order."""

    text: str


def parse_info(content_type: str, body: str) -> Digits | InfoRequest:
    """Raises InfoBodyError."""
    if len(body) > MAX_BODY_CHARACTERS:
        raise InfoBodyError(f"INFO body longer than {MAX_BODY_CHARACTERS} characters")
    match content_type.split(";", 1)[0].strip().lower():
        case "application/dtmf-relay":
            return Digits(_relayed_digits(body))
        case "application/dtmf":
            return Digits(_checked(body.strip()))
        case "application/media_control+xml":
            known = _PICTURE_FAST_UPDATE.search(body)
            return InfoRequest.PICTURE_FAST_UPDATE if known else InfoRequest.NOTHING_KNOWN
        case _:
            return InfoRequest.UNKNOWN_TYPE if body else InfoRequest.NOTHING_KNOWN


def dtmf_relay(digit: str, duration_ms: int = DTMF_DURATION_MS) -> str:
    """The dtmf-relay body for one digit. Raises ValueError for what is no digit: the caller's fault."""
    if digit not in DIGITS:
        raise ValueError(f"not a DTMF digit: {digit!r}")
    return f"Signal={digit}\r\nDuration={duration_ms}\r\n"


def picture_fast_update() -> str:
    """RFC 5168 section 6."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\r\n'
        "<media_control><vc_primitive><to_encoder><picture_fast_update/>"
        "</to_encoder></vc_primitive></media_control>\r\n"
    )


def _relayed_digits(body: str) -> str:
    found = _SIGNAL.search(body)
    if not found:
        raise InfoBodyError("dtmf-relay without Signal")
    signal = found.group(1).strip()
    return _checked(_EVENT_CODES.get(signal, signal))


def _checked(digits: str) -> str:
    upper = digits.upper()
    if not upper or len(upper) > MAX_DIGITS or not DIGITS.issuperset(upper):
        # Not which: they are logged, and may be most of a PIN.
        raise InfoBodyError("not DTMF digits")
    return upper
