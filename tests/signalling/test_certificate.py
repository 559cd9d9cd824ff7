import ipaddress
import ssl
import stat
from pathlib import Path

from cryptography import x509

from cms_media.signalling.certificate import ensure_certificate, local_names


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
