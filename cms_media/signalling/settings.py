"""Settings of SIP: section `[sip]` of the configuration."""

import ipaddress
from dataclasses import dataclass, field

from cms_media.base.errors import SettingsError

CAPACITY_MAX = 4000
"""Our pjsua2 is built for 4096 calls; the rest is room to refuse further ones properly."""


@dataclass(frozen=True, slots=True)
class SipCredential:
    """Name and password for digest challenges (RFC 8760, MD5 and SHA-256) to our own requests."""

    username: str
    password: str = field(repr=False)
    realm: str = "*"
    """`*`: for any realm."""


@dataclass(frozen=True, slots=True)
class SipSettings:
    """Where we listen and how we speak. A port of 0 switches its transport off."""

    address: str = ""
    """IP address literals to listen on, separated by commas. Empty: every IPv4 and every IPv6 address."""
    udp_port: int = 5060
    tcp_port: int = 5060
    tls_port: int = 5061
    domain: str = ""
    """Host part of our own URI in From. Empty: our address on the path to the peer."""
    user_agent: str = "CMS Media"
    """User-Agent and Server header."""
    tls_certificate: str = ""
    """PEM file with our certificate and its chain. Empty: one is made at first start, self-signed."""
    tls_private_key: str = ""
    """PEM file with the certificate's key."""
    tls_ca: str = ""
    """PEM file with the authorities that peers' certificates must descend from. Empty: the system's."""
    tls_verify: bool = False
    """Whether the server that we connect to must show a certificate that is valid for its name."""
    tls_verify_client: bool = False
    """Whether who connects to us by TLS must show a valid certificate."""
    session_expires_s: int = 1800
    """Session timer (RFC 4028) that we ask for."""
    session_expires_min_s: int = 90
    """The shortest session timer that we take; RFC 4028 section 5 forbids less than 90."""
    capacity: int = 1000
    """Calls, in and out; more get 503. Each costs 21 KB from the start, and about 175 KB while it lives."""
    retry_after_s: int = 10
    """Retry-After of that 503."""
    credentials: tuple[SipCredential, ...] = ()

    def __post_init__(self) -> None:
        """Raises SettingsError naming the key."""
        for name in ("udp_port", "tcp_port", "tls_port"):
            if not 0 <= getattr(self, name) <= 65535:
                raise SettingsError(f"sip.{name}: not a port")
        if not 1 <= self.capacity <= CAPACITY_MAX:
            raise SettingsError(f"sip.capacity: not between 1 and {CAPACITY_MAX}")
        if not 90 <= self.session_expires_min_s <= self.session_expires_s:
            raise SettingsError("sip.session_expires_min_s: not between 90 and session_expires_s")
        if bool(self.tls_certificate) != bool(self.tls_private_key):
            raise SettingsError("sip.tls_private_key: certificate and key go together")
        for address in self.addresses:
            _check_address(address)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Address literals to bind; empty for all."""
        return tuple(part.strip() for part in self.address.split(",") if part.strip())


def _check_address(text: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise SettingsError(f"sip.address: {text!r} is not an IP address") from None
