"""Opens the listening sockets: UDP, TCP and TLS, on IPv4 and IPv6."""

import ipaddress
import logging
import socket
from dataclasses import dataclass
from typing import Any

import pjsua2 as pj

from cms_media.base.errors import ResourceError
from cms_media.signalling.settings import SipSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listener:
    """One socket that is open."""

    transport: str
    """udp, tcp or tls."""
    address: str
    port: int
    id: int
    """pjsua's transport id."""

    @property
    def ipv6(self) -> bool:
        """By its address."""
        return ":" in self.address


def open_listeners(endpoint: Any, settings: SipSettings) -> tuple[Listener, ...]:
    """Raises ResourceError naming the key and the address. IPv6 is left out when everything is wanted and it is off."""
    everything = not settings.addresses
    addresses = settings.addresses or _wildcards()
    wanted = [
        (transport, port, address)
        for transport, port in (
            ("udp", settings.udp_port),
            ("tcp", settings.tcp_port),
            ("tls", settings.tls_port),
        )
        for address in addresses
        if port
    ]
    listeners = []
    for transport, port, address in wanted:
        try:
            listeners.append(_open(endpoint, settings, transport, port, address))
        except pj.Error as error:
            if not (everything and ":" in address):
                raise ResourceError(f"sip.{transport}_port {port} on {address}: {error.reason}") from None
            log.info("transport=%s port=%d ipv6=unavailable reason=%r", transport, port, error.reason)
    return tuple(listeners)


def _wildcards() -> tuple[str, ...]:
    return ("0.0.0.0", "::") if socket.has_ipv6 else ("0.0.0.0",)  # noqa: S104 - the configuration's default


def _open(endpoint: Any, settings: SipSettings, transport: str, port: int, address: str) -> Listener:
    config = pj.TransportConfig()
    config.port = port
    if not ipaddress.ip_address(address).is_unspecified:
        config.boundAddress = address
    if transport == "tls":
        _secure(config.tlsConfig, settings)
    kind = f"PJSIP_TRANSPORT_{transport.upper()}{'6' if ':' in address else ''}"
    number = endpoint.transportCreate(getattr(pj, kind), config)
    log.info("transport=%s listening=%s port=%d", transport, address, port)
    return Listener(transport, address, port, number)


def _secure(tls: Any, settings: SipSettings) -> None:
    tls.certFile = settings.tls_certificate
    tls.privKeyFile = settings.tls_private_key
    tls.CaListFile = settings.tls_ca or _system_authorities()
    tls.method = pj.PJSIP_TLSV1_2_METHOD
    tls.proto = pj.PJ_SSL_SOCK_PROTO_TLS1_2 | pj.PJ_SSL_SOCK_PROTO_TLS1_3
    tls.verifyServer = settings.tls_verify
    tls.verifyClient = settings.tls_verify_client
    tls.requireClientCert = settings.tls_verify_client


def _system_authorities() -> str:
    import ssl

    return ssl.get_default_verify_paths().cafile or ""
