from cms_media.base.types import LegId, SocketAddress
from cms_media.signalling.message import SipRequest
from cms_media.signalling.translation import invite_of, reason_header, retry_after, socket_address


def test_addresses() -> None:
    assert socket_address("10.0.0.1:5060") == SocketAddress("10.0.0.1", 5060)
    assert socket_address("[::1]:5061") == SocketAddress("::1", 5061)
    assert socket_address("") == SocketAddress("", 0)


def test_why_we_hang_up() -> None:
    assert reason_header(200, "") == {}
    assert reason_header(503, "") == {"Reason": "SIP;cause=503"}
    assert reason_header(200, 'he said "no"\\') == {"Reason": 'SIP;cause=200;text="he said no"'}


def test_when_to_come_back() -> None:
    assert retry_after(None) == {}
    assert retry_after(7) == {"Retry-After": "7"}


def test_an_invite() -> None:
    request = SipRequest.parse('INVITE sip:Meet%20me@h SIP/2.0\r\nFrom: "Ann" <sip:a@b>\r\nX-A: 1\r\n\r\n')
    invite = invite_of(LegId("1"), request, SocketAddress("10.0.0.2", 5060), "10.0.0.1", None)
    assert (invite.to_user, invite.to_host) == ("Meet me", "h")
    assert (invite.from_uri, invite.from_name) == ("sip:a@b", "Ann")
    assert invite.headers == {"x-a": "1"}
