"""What we read ourselves from the text of a SIP request: dialled user, caller, product, X- headers, body.

Pure. pjsip has parsed the message before and refused what is malformed (RFC 3261 section 25); its C structures are
not visible from Python, so these few fields are read again. Liberal: what cannot be made out is left empty.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from cms_media.base.errors import PeerError

MAX_HEADERS = 256
"""More than any real request; a message is at most 32 KiB anyway."""

_COMPACT = {"f": "from", "t": "to", "c": "content-type", "i": "call-id", "m": "contact", "v": "via"}
"""RFC 3261 section 7.3.3."""
_FOLD = re.compile(r"\r?\n[ \t]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_QUOTED_PAIR = re.compile(r"\\(.)")
_URI = re.compile(r"(?i)\s*(sips?):(?:([^@]*)@)?(\[[^\]]*\]|[^:;?>\s]*)")


class MessageError(PeerError):
    """Not a SIP request."""


@dataclass(frozen=True, slots=True)
class SipUri:
    """`user` is percent-decoded and without password, `host` without port and brackets."""

    scheme: str
    user: str
    host: str

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (
            f"{self.scheme}:{self.user}@{host}"
            if self.user and host
            else f"{self.scheme}:{self.user or host}"
        )

    @classmethod
    def parse(cls, text: str) -> "SipUri":
        """sip, sips and tel (RFC 3966: the number is the user, there is no host). Anything else is empty."""
        found = _URI.match(text)
        if found:
            scheme, user, host = found.groups(default="")
            return cls(scheme.lower(), unquote(user.split(":", 1)[0], errors="replace"), host.strip("[]"))
        scheme, _, rest = text.strip().partition(":")
        if scheme.lower() != "tel":
            return cls("", "", "")
        return cls("tel", rest.split(";", 1)[0], "")


@dataclass(frozen=True, slots=True)
class SipRequest:
    """A request's head and body. `headers` has lower-case long names; of repeated ones the first."""

    method: str
    uri: SipUri
    headers: Mapping[str, str]
    body: str

    @classmethod
    def parse(cls, text: str) -> "SipRequest":
        """Raises MessageError when there is no request line."""
        head, body = _split(text)
        first, *lines = _FOLD.sub(" ", head).splitlines() or [""]
        words = first.split()  # pjsip takes more than one blank between them
        if len(words) != 3 or not words[2].upper().startswith("SIP/"):
            raise MessageError("no request line")
        return cls(words[0], SipUri.parse(words[1]), _headers(lines), body)

    @property
    def caller(self) -> tuple[SipUri, str]:
        """URI and display name of From; the user part (or host) stands in for a missing name."""
        value = self.headers.get("from", "")
        quoted = _QUOTED.match(value)
        plain, bracket, rest = value[quoted.end() if quoted else 0 :].partition("<")
        uri = SipUri.parse(rest.partition(">")[0] if bracket else plain)
        shown = _QUOTED_PAIR.sub(r"\1", quoted[1]) if quoted else plain if bracket else ""
        return uri, shown.strip() or uri.user or uri.host

    @property
    def extension_headers(self) -> dict[str, str]:
        """Headers that begin with X-."""
        return {name: value for name, value in self.headers.items() if name.startswith("x-")}


def readable(text: str) -> str:
    """`text` with the surrogate escapes of bytes that were not UTF-8 replaced, so that it can be stored and printed."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def header_value(text: str) -> str:
    """`text` as one header line: what would begin another one is taken out."""
    return "".join(character if character.isprintable() else " " for character in text).strip()


def _split(text: str) -> tuple[str, str]:
    head, found, body = text.partition("\r\n\r\n")
    if not found:
        head, _, body = text.partition("\n\n")
    return head, body


def _headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines[:MAX_HEADERS]:
        name, colon, value = line.partition(":")
        key = name.strip().lower()
        if colon:
            headers.setdefault(_COMPACT.get(key, key), value.strip())
    return headers
