"""The certificate for SIP over TLS that is made at first start: self-signed, kept in the data directory.

RSA 2048 and not P-256: hardware endpoints of the last decade all take RSA, not all take ECDSA.
"""

import datetime
import ipaddress
import os
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cms_media.base.errors import SettingsError

LIFETIME = datetime.timedelta(days=10 * 365)
"""Nobody renews a self-signed certificate; whoever cares for its age installs a real one."""
COMMON_NAME_MAX = 64
"""RFC 5280 appendix A.1: ub-common-name."""


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """PEM files."""

    certificate: Path
    private_key: Path


def ensure_certificate(directory: Path, names: Sequence[str]) -> CertificateFiles:
    """The files in `directory`, made when one is missing. `names`: host names and IP literals for subjectAltName.

    Raises OSError when the directory cannot be written.
    """
    files = CertificateFiles(directory / "sip_certificate.pem", directory / "sip_private_key.pem")
    if files.certificate.exists() and files.private_key.exists():
        return files
    directory.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    # The key first: a certificate without its key would be kept, and be of no use.
    _write(files.private_key, _key_pem(key), 0o600)
    _write(files.certificate, _certificate_pem(key, names), 0o644)
    return files


def check_certificate(files: CertificateFiles, authorities: Path | None = None) -> None:
    """Raises SettingsError naming the key: pjsip would listen all the same, and refuse every connection."""
    _check_readable("tls_certificate", files.certificate)
    _check_readable("tls_private_key", files.private_key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # The password is for OpenSSL not to ask on the terminal.
        context.load_cert_chain(files.certificate, files.private_key, password="none")  # noqa: S106
    except (OSError, ValueError) as error:
        names = f"{files.certificate} and {files.private_key}"
        raise SettingsError(
            f"sip.tls_certificate: {names} must be PEM, belong together and have no password: {error}"
        ) from None
    if authorities:
        _check_authorities(context, authorities)


def _check_authorities(context: ssl.SSLContext, file: Path) -> None:
    _check_readable("tls_ca", file)
    try:
        context.load_verify_locations(file)
    except (OSError, ValueError) as error:
        raise SettingsError(f"sip.tls_ca: {file} must be PEM: {error}") from None


def _check_readable(key: str, path: Path) -> None:
    if not path.is_file() or not os.access(path, os.R_OK):
        raise SettingsError(f"sip.{key}: {path} is missing or cannot be read")


def local_names(addresses: Sequence[str] = ()) -> tuple[str, ...]:
    """This host's names, without asking a name server, and the addresses that are not wildcards."""
    wanted = [socket.gethostname(), "localhost", "127.0.0.1", "::1", *addresses]
    return tuple(dict.fromkeys(name for name in wanted if name and not _is_wildcard(name)))


def _is_wildcard(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_unspecified
    except ValueError:
        return False


def _key_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _certificate_pem(key: rsa.RSAPrivateKey, names: Sequence[str]) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:COMMON_NAME_MAX])])
    # A day back: endpoints' clocks are wrong.
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + LIFETIME)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, and never readable by others for a moment."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
