"""SDES: choosing, checking and making a=crypto lines (RFC 4568, RFC 7714).

Keys stay out of every repr and error.
"""

import base64
import binascii
from collections.abc import Callable, Iterable

from cms_media.sdp.attributes import Crypto
from cms_media.sdp.capabilities import Capabilities, Encryption
from cms_media.sdp.media_description import MediaDescription
from cms_media.sdp.plan import SrtpKey, SrtpSuite

KEY_AND_SALT_BYTES: dict[SrtpSuite, int] = {
    SrtpSuite.AES_CM_128_HMAC_SHA1_80: 16 + 14,
    SrtpSuite.AES_CM_128_HMAC_SHA1_32: 16 + 14,
    SrtpSuite.AEAD_AES_128_GCM: 16 + 12,
    SrtpSuite.AEAD_AES_256_GCM: 32 + 12,
}
PLAIN_PROFILES = frozenset({"RTP/AVP", "RTP/AVPF"})
SECURE_PROFILES = frozenset({"RTP/SAVP", "RTP/SAVPF"})
_SUITES = {suite.value: suite for suite in SrtpSuite}


def is_secure(line: MediaDescription) -> bool:
    """The m-line's profile demands SRTP."""
    return line.protocol.upper() in SECURE_PROFILES


def peer_key(crypto: Crypto) -> SrtpKey | None:
    """The key in a crypto line; None when it asks for what we lack (MKI, several keys, no encryption)."""
    suite = _SUITES.get(crypto.suite)
    method, _, rest = crypto.key_params.partition(":")
    if suite is None or method.lower() != "inline" or ";" in rest or not _harmless(crypto.session_params):
        return None
    encoded, *options = rest.split("|")
    if any(":" in option for option in options):
        return None  # MKI:length - every packet would carry a key index
    return _decoded(suite, encoded)


def usable(cryptos: Iterable[Crypto], capabilities: Capabilities) -> tuple[Crypto, SrtpKey] | None:
    """The first crypto line of an offer that we can do."""
    for crypto in cryptos:
        key = peer_key(crypto)
        if key and key.suite in capabilities.srtp_suites:
            return crypto, key
    return None


def acceptable(line: MediaDescription, capabilities: Capabilities) -> bool:
    """Whether an offered m-line's profile, its keys and our policy go together."""
    secured = usable_on(line, capabilities) is not None
    if line.protocol.upper() in PLAIN_PROFILES:
        return secured or capabilities.encryption is not Encryption.REQUIRED
    return is_secure(line) and secured


def usable_on(line: MediaDescription, capabilities: Capabilities) -> tuple[Crypto, SrtpKey] | None:
    """The crypto line to be used on this m-line; None: plain RTP, or nothing under a secure profile."""
    wanted = is_secure(line) or capabilities.best_effort_srtp
    if not wanted or capabilities.encryption is Encryption.OFF:
        return None
    return usable(line.cryptos, capabilities)


def own_key(
    suite: SrtpSuite, previous: MediaDescription | None, random_bytes: Callable[[int], bytes]
) -> SrtpKey:
    """Our key for a suite: the one we gave last time on this m-line, else a new one.

    A key that changes without need makes a peer lose packets at every re-INVITE (RFC 4568 section 7.1.4).
    """
    for crypto in previous.cryptos if previous else ():
        known = peer_key(crypto)
        if known and known.suite is suite:
            return known
    return SrtpKey(suite, random_bytes(KEY_AND_SALT_BYTES[suite]))


def crypto_line(tag: int, key: SrtpKey) -> Crypto:
    """Our crypto line, without lifetime, MKI or session parameters."""
    return Crypto(tag, key.suite.value, "inline:" + base64.b64encode(key.key_and_salt).decode("ascii"))


def _harmless(session_params: Iterable[str]) -> bool:
    """Whether we may go on without doing anything for them (RFC 4568 section 6.3).

    What begins with '-' may be ignored; a window size hint asks nothing of us; a key derivation rate of 0 is
    the default. Every other must be understood, and we understand none.
    """
    return all(
        item.startswith("-") or item.upper() == "KDR=0" or item.upper().startswith("WSH=")
        for item in session_params
    )


def _decoded(suite: SrtpSuite, encoded: str) -> SrtpKey | None:
    padded = encoded.rstrip("=")
    padded += "=" * (-len(padded) % 4)
    try:
        key_and_salt = base64.b64decode(padded.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    return SrtpKey(suite, key_and_salt) if len(key_and_salt) == KEY_AND_SALT_BYTES[suite] else None
