"""One process under test for a module's tests: it must survive all of them."""

import datetime
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.native_pjsua2.peer import Answerer, Peer, answerer

NAMES = iter(f"call{number}" for number in range(10_000))

if importlib.util.find_spec("pjsua2") is None:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate and its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(built.public_bytes(pem) + private)
    return path


@pytest.fixture(scope="module")
def ua(certificate: Path) -> Iterator[Answerer]:
    with answerer(certificate) as running:
        yield running


@pytest.fixture
def peer(ua: Answerer) -> Iterator[Peer]:
    caller = Peer(ua.ports["udp"], next(NAMES))
    yield caller
    caller.link.close()
