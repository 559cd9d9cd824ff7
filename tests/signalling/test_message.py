import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms_media.signalling.message import MessageError, SipRequest, SipUri, header_value, readable

INVITE = (
    "INVITE sip:meet%20me@10.0.0.1:5060;transport=tcp SIP/2.0\r\n"
    "Via: SIP/2.0/TCP 10.0.0.2;branch=z9hG4bK1\r\n"
    'f: "Ann \\"A\\" Lee" <sip:ann@example.org;user=phone>;tag=1\r\n'
    "To: <sip:meet@10.0.0.1>\r\n"
    "User-Agent: Room\r\n Kit\r\n"
    "X-Tenant: seven\r\n"
    "x-Tenant: eight\r\n"
    "c: application/sdp\r\n"
    "\r\n"
    "v=0\r\n"
)


def test_fields_of_an_invite() -> None:
    request = SipRequest.parse(INVITE)
    assert request.method == "INVITE"
    assert request.uri == SipUri("sip", "meet me", "10.0.0.1")
    assert request.caller == (SipUri("sip", "ann", "example.org"), 'Ann "A" Lee')
    assert str(request.caller[0]) == "sip:ann@example.org"
    assert request.headers["user-agent"] == "Room Kit"
    assert request.headers["content-type"] == "application/sdp"
    assert request.extension_headers == {"x-tenant": "seven"}
    assert request.body == "v=0\r\n"


@pytest.mark.parametrize(
    ("text", "user", "host"),
    [
        ("sip:10.0.0.1", "", "10.0.0.1"),
        ("sip:a:secret@h", "a", "h"),
        ("SIPS:a@[2001:db8::1]:5061;lr", "a", "2001:db8::1"),
        ("sip:+49;ext=1@h", "+49;ext=1", "h"),
        ("sip:%E2%82%AC@h", "€", "h"),
        ("sip:%ff@h", "\ufffd", "h"),
        ("tel:+4912;phone-context=x", "+4912", ""),
        ("http://x", "", ""),
        ("", "", ""),
    ],
)
def test_uris(text: str, user: str, host: str) -> None:
    uri = SipUri.parse(text)
    assert (uri.user, uri.host) == (user, host)


def test_ipv6_uri_gets_its_brackets_back() -> None:
    assert str(SipUri.parse("sip:a@[::1]:5060")) == "sip:a@[::1]"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("sip:bob@h;tag=2", "bob"),
        ("<sip:bob@h>;tag=2", "bob"),
        ("Bob Fox <sip:bob@h>", "Bob Fox"),
        ('"" <sip:h>', "h"),
        ("nonsense", ""),
    ],
)
def test_display_names(value: str, name: str) -> None:
    assert SipRequest.parse(f"INVITE sip:h SIP/2.0\r\nFrom: {value}\r\n\r\n").caller[1] == name


def test_not_a_request() -> None:
    with pytest.raises(MessageError):
        SipRequest.parse("SIP/2.0 200 OK\r\n\r\n")


def test_bytes_that_are_no_text_become_printable() -> None:
    assert readable(b"a\xffb".decode("utf-8", "surrogateescape")) == "a\ufffdb"


def test_a_header_value_stays_one_line() -> None:
    assert header_value(" a\r\nVia: b\x00 ") == "a  Via: b"


@given(st.text(max_size=400))
def test_only_its_own_error(text: str) -> None:
    for candidate in (text, f"INVITE {text}", f"INVITE sip:a@b SIP/2.0\r\nFrom: {text}\r\n\r\n"):
        try:
            request = SipRequest.parse(candidate)
        except MessageError:
            continue
        assert isinstance(request.caller[1], str)


def test_a_long_header_takes_no_time() -> None:
    for filler in (" ", '"', "\\", "<", "a ", "%", "@", ":"):
        user = filler.strip() * 30_000
        request = SipRequest.parse(f"INVITE sip:{user}@h SIP/2.0\r\nFrom: a{filler * 30_000}b\r\n\r\n")
        assert isinstance(request.caller[1], str)
