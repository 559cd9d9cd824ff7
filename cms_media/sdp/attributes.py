"""SDP attribute values that negotiation understands: parsed forms, each with the text it came from.

Each `parse` returns None for text that it does not understand: RFC 8866 section 5.13 has unknown attributes
ignored, and a broken one is no better known.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from cms_media.base.types import SocketAddress
from cms_media.sdp.scan import is_token, number

MAX_PAYLOAD_TYPE = 127
MAX_CLOCK_HZ = 1_000_000
"""Ten times the fastest RTP clock in use; a bound, not a fact."""
MAX_EXTENSION_ID = 14
"""RFC 8285 section 4.2."""
MAX_CRYPTO_TAG = 999_999_999
"""RFC 4568 section 9.1: one to nine digits."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An a= line: `a=name` (value None) or `a=name:value`."""

    name: str
    value: str | None = None

    def __str__(self) -> str:
        return self.name if self.value is None else f"{self.name}:{self.value}"

    def __repr__(self) -> str:
        return f"Attribute({'crypto:...' if self.name == 'crypto' else str(self)!r})"

    @classmethod
    def parse(cls, text: str) -> "Attribute":
        """Never fails: whatever stands before the first colon is the name."""
        name, colon, value = text.partition(":")
        return cls(name.strip(), value.strip() if colon else None)


class Direction(StrEnum):
    """Who sends, as the describing side sees it (RFC 3264 section 5.1)."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"

    @property
    def sends(self) -> bool:
        """The describing side sends."""
        return self in (Direction.SENDRECV, Direction.SENDONLY)

    @property
    def receives(self) -> bool:
        """The describing side receives."""
        return self in (Direction.SENDRECV, Direction.RECVONLY)

    @classmethod
    def of(cls, *, sends: bool, receives: bool) -> "Direction":
        """The word for the two facts."""
        if sends:
            return cls.SENDRECV if receives else cls.SENDONLY
        return cls.RECVONLY if receives else cls.INACTIVE

    @classmethod
    def among(cls, attributes: Iterable[Attribute]) -> "Direction | None":
        """The last direction attribute, None when there is none."""
        words = {member.value: member for member in cls}
        found = [words[item.name] for item in attributes if item.name in words]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Rtpmap:
    """`a=rtpmap:<payload type> <encoding>/<clock>[/<channels>]` (RFC 8866 section 6.6)."""

    payload_type: int
    encoding: str
    clock_rate_hz: int
    channels: int = 1

    def __str__(self) -> str:
        channels = f"/{self.channels}" if self.channels != 1 else ""
        return f"{self.payload_type} {self.encoding}/{self.clock_rate_hz}{channels}"

    @classmethod
    def parse(cls, text: str) -> "Rtpmap | None":
        """None when malformed."""
        payload_text, _, encoding_text = text.partition(" ")
        payload_type = number(payload_text, MAX_PAYLOAD_TYPE)
        parts = encoding_text.strip().split("/")
        if payload_type is None or not 2 <= len(parts) <= 3 or not is_token(parts[0]):
            return None
        clock = number(parts[1], MAX_CLOCK_HZ)
        channels = number(parts[2], 255) if len(parts) == 3 else 1
        return cls(payload_type, parts[0], clock, channels) if clock and channels else None


@dataclass(frozen=True, slots=True)
class Fmtp:
    """`a=fmtp:<payload type> name=value;name=value` or free text such as `0-16`."""

    payload_type: int
    text: str

    @property
    def parameters(self) -> dict[str, str]:
        """By lower-case name; the first of a repeated one counts. Free text gives an empty value."""
        found: dict[str, str] = {}
        for part in self.text.split(";"):
            name, _, value = part.partition("=")
            if name.strip():
                found.setdefault(name.strip().lower(), value.strip())
        return found

    def __str__(self) -> str:
        return f"{self.payload_type} {self.text}"

    @classmethod
    def parse(cls, text: str) -> "Fmtp | None":
        """None when malformed."""
        payload_text, _, parameters = text.partition(" ")
        payload_type = number(payload_text, MAX_PAYLOAD_TYPE)
        return None if payload_type is None else cls(payload_type, parameters.strip())


@dataclass(frozen=True, slots=True)
class Crypto:
    """`a=crypto:<tag> <suite> <key params> [<session params>]` (RFC 4568 section 4)."""

    tag: int
    suite: str
    key_params: str = field(repr=False)
    session_params: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((str(self.tag), self.suite, self.key_params, *self.session_params))

    @classmethod
    def parse(cls, text: str) -> "Crypto | None":
        """None when malformed."""
        words = text.split()
        tag = number(words[0], MAX_CRYPTO_TAG) if len(words) >= 3 else None
        return None if tag is None else cls(tag, words[1], words[2], tuple(words[3:]))


@dataclass(frozen=True, slots=True)
class RtcpPort:
    """`a=rtcp:<port> [IN IP4 <address>]` (RFC 3605)."""

    port: int
    address: str | None = None

    def __str__(self) -> str:
        if self.address is None:
            return str(self.port)
        return f"{self.port} IN IP{6 if ':' in self.address else 4} {self.address}"

    @classmethod
    def parse(cls, text: str) -> "RtcpPort | None":
        """None when malformed."""
        words = text.split()
        port = number(words[0], 65_535) if words else None
        return None if not port else cls(port, words[3] if len(words) >= 4 else None)


@dataclass(frozen=True, slots=True)
class RtcpFeedback:
    """`a=rtcp-fb:<payload type or *> <kind>` (RFC 4585 section 4.2); `kind` in lower case, single spaces."""

    payload_type: int | None
    """None: the wildcard."""
    kind: str

    def __str__(self) -> str:
        return f"{'*' if self.payload_type is None else self.payload_type} {self.kind}"

    @classmethod
    def parse(cls, text: str) -> "RtcpFeedback | None":
        """None when malformed."""
        words = text.split()
        payload_type = number(words[0], MAX_PAYLOAD_TYPE) if words else None
        if len(words) < 2 or (payload_type is None and words[0] != "*"):
            return None
        return cls(payload_type, " ".join(words[1:]).lower())


@dataclass(frozen=True, slots=True)
class Extmap:
    """`a=extmap:<id>[/<direction>] <URI> [<attributes>]` (RFC 8285 section 5), the attributes left out."""

    id: int
    uri: str
    direction: Direction = Direction.SENDRECV

    def __str__(self) -> str:
        direction = "" if self.direction is Direction.SENDRECV else f"/{self.direction.value}"
        return f"{self.id}{direction} {self.uri}"

    @classmethod
    def parse(cls, text: str) -> "Extmap | None":
        """None when malformed, or of an id that no packet can have (RFC 8285 section 4.2, the one-byte form)."""
        words = text.split()
        id_text, slash, word = words[0].partition("/") if words else ("", "", "")
        identity = number(id_text, MAX_EXTENSION_ID)
        direction = Direction.among([Attribute(word)]) if slash else Direction.SENDRECV
        if not identity or direction is None or len(words) < 2:
            return None
        return cls(identity, words[1], direction)


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """`b=<type>:<value>`: AS and CT in kbit/s (RFC 8866), TIAS, RS and RR in bit/s (RFC 3890, RFC 3556)."""

    type: str
    value: int

    def __str__(self) -> str:
        return f"{self.type}:{self.value}"

    @classmethod
    def parse(cls, text: str) -> "Bandwidth | None":
        """None when malformed."""
        kind, _, amount = text.partition(":")
        value = number(amount.strip(), 2**40)
        return None if value is None or not is_token(kind) else cls(kind.strip().upper(), value)


@dataclass(frozen=True, slots=True)
class Connection:
    """`c=IN IP4|IP6 <address>`: an address or a host name, without TTL and range of multicast."""

    address: str

    def __str__(self) -> str:
        return f"IN IP{6 if ':' in self.address else 4} {self.address}"

    def at(self, port: int) -> SocketAddress:
        """This address and a port."""
        return SocketAddress(self.address, port)

    @classmethod
    def parse(cls, text: str) -> "Connection | None":
        """None when malformed."""
        words = text.split()
        if len(words) < 3 or words[0].upper() != "IN":
            return None
        address = words[2].partition("/")[0]
        return cls(address) if is_token(address) else None
