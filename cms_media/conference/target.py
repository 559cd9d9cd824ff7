"""What an operator typed to be called: a SIP URI or user@host, as a URI that signalling takes."""

import re
from dataclasses import dataclass

from cms_media.base.errors import RequestError

MAX_CHARACTERS = 1000
"""Below the URL limit that our SIP stack is built with."""
_FORM = re.compile(
    r"""(?P<scheme>sips?:)?
        (?:(?P<user>[^\s@<>"]+)@)?
        (?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)
        (?P<port>:[0-9]{1,5})?
        (?P<rest>[;?][^\s<>"]*)?""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Target:
    """A URI with scheme, and what we need to know of it."""

    uri: str
    user: str
    """Empty when only a host was given."""
    host: str
    """Name or IP literal, without brackets."""

    @classmethod
    def parse(cls, text: str) -> "Target":
        """Raises RequestError when it is no SIP URI."""
        found = _FORM.fullmatch(text.strip()) if len(text) <= MAX_CHARACTERS else None
        if found is None:
            raise RequestError("parameterError", "uri: expected sip:user@host or user@host")
        host = found["host"].strip("[]")
        uri = found[0] if found["scheme"] else f"sip:{found[0]}"
        return cls(uri, found["user"] or "", host)
