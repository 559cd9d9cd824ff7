import pytest

from cms_media.base.errors import SettingsError
from cms_media.signalling.settings import SipCredential, SipSettings


def test_defaults_hold() -> None:
    assert SipSettings().addresses == ()


def test_addresses_are_split() -> None:
    assert SipSettings(address="127.0.0.1, ::1").addresses == ("127.0.0.1", "::1")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("udp_port", 70000),
        ("tls_port", -1),
        ("capacity", 0),
        ("capacity", 5000),
        ("session_expires_min_s", 60),
        ("tls_certificate", "only.pem"),
        ("address", "example.org"),
    ],
)
def test_wrong_values_are_refused_by_name(key: str, value: object) -> None:
    name = "tls_private_key" if key == "tls_certificate" else key
    with pytest.raises(SettingsError, match=rf"sip\.{name}"):
        SipSettings(**{key: value})  # type: ignore[arg-type]


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(SipCredential("ann", "secret"))
