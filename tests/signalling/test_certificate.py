import ipaddress
import ssl
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from cms_media.base.errors import SettingsError
from cms_media.signalling.certificate import (
    CertificateFiles,
    check_certificate,
    ensure_certificate,
    local_names,
)


def test_made_once_and_usable(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path / "data", ("bridge.example.org", "127.0.0.1", "::1"))
    assert stat.S_IMODE(files.private_key.stat().st_mode) == 0o600
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(files.certificate, files.private_key)
    before = files.certificate.read_bytes()
    assert ensure_certificate(tmp_path / "data", ("other",)).certificate.read_bytes() == before
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [
        "sip_certificate.pem",
        "sip_private_key.pem",
    ]


def test_names_are_in_it(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path, ("bridge.example.org", "127.0.0.1", "::1"))
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["bridge.example.org"]
    assert set(names.get_values_for_type(x509.IPAddress)) == {
        ipaddress.ip_address("127.0.0.1"),
        ipaddress.ip_address("::1"),
    }


def test_a_missing_key_makes_both_anew(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path, ("a",))
    before = files.certificate.read_bytes()
    files.private_key.unlink()
    assert ensure_certificate(tmp_path, ("a",)).certificate.read_bytes() != before


def test_wildcards_are_no_names() -> None:
    names = local_names(("0.0.0.0", "::", "192.0.2.1", ""))
    assert "192.0.2.1" in names
    assert not {"0.0.0.0", "::", ""} & set(names)


def test_what_is_made_is_good(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path, ("a",))
    check_certificate(files, authorities=files.certificate)


@pytest.mark.parametrize("key", ["tls_certificate", "tls_private_key", "tls_ca"])
def test_a_missing_file_is_named(tmp_path: Path, key: str) -> None:
    made = ensure_certificate(tmp_path, ("a",))
    paths = {
        "tls_certificate": made.certificate,
        "tls_private_key": made.private_key,
        "tls_ca": made.certificate,
    }
    paths[key] = tmp_path / "none.pem"
    with pytest.raises(SettingsError, match=rf"^sip\.{key}: .*none\.pem is missing"):
        check_certificate(
            CertificateFiles(paths["tls_certificate"], paths["tls_private_key"]), paths["tls_ca"]
        )


def test_a_key_of_another_certificate(tmp_path: Path) -> None:
    one, other = ensure_certificate(tmp_path / "1", ("a",)), ensure_certificate(tmp_path / "2", ("a",))
    with pytest.raises(SettingsError, match="belong together"):
        check_certificate(CertificateFiles(one.certificate, other.private_key))


def test_a_key_with_a_password_is_refused_without_asking(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path, ("a",))
    key = serialization.load_pem_private_key(files.private_key.read_bytes(), password=None)
    locked = serialization.BestAvailableEncryption(b"secret")
    files.private_key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    )
    with pytest.raises(SettingsError, match="no password"):
        check_certificate(files)


def test_authorities_that_are_no_pem(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("rubbish")
    with pytest.raises(SettingsError, match=r"^sip\.tls_ca"):
        check_certificate(ensure_certificate(tmp_path, ("a",)), wrong)
