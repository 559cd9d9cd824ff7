"""Where the peer takes packets, and where we refuse to send any."""

import pytest

from cms_media.base.types import SocketAddress
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.remote import RemoteTransport, remote_transport


def _remote(text: str, *, mux: bool = False) -> RemoteTransport | None:
    description = SessionDescription.parse(f"c=IN IP4 192.0.2.1\n{text}")
    return remote_transport(description, description.media[0], mux=mux)


@pytest.mark.parametrize(
    ("text", "mux", "rtcp"),
    [
        ("", False, SocketAddress("192.0.2.1", 5001)),
        ("", True, SocketAddress("192.0.2.1", 5000)),
        ("a=rtcp:6000", False, SocketAddress("192.0.2.1", 6000)),
        ("a=rtcp:6000 IN IP4 192.0.2.2", False, SocketAddress("192.0.2.2", 6000)),
        ("a=rtcp:6000 IN IP6 2001:db8::1", False, SocketAddress("192.0.2.1", 6000)),
        ("a=rtcp:6000 IN IP4 239.0.0.1", False, SocketAddress("192.0.2.1", 6000)),
        ("a=rtcp:6000 IN IP4 phone", False, SocketAddress("192.0.2.1", 6000)),
        ("a=rtcp:x", False, SocketAddress("192.0.2.1", 5001)),
    ],
)
def test_rtcp(text: str, mux: bool, rtcp: SocketAddress) -> None:
    found = _remote(f"m=audio 5000 RTP/AVP 0\n{text}\n", mux=mux)
    assert found == RemoteTransport(SocketAddress("192.0.2.1", 5000), rtcp, held=False)


def test_the_last_port_has_no_next_one() -> None:
    found = _remote("m=audio 65535 RTP/AVP 0\n")
    assert found is not None
    assert found.rtcp.port == 65_535


@pytest.mark.parametrize(
    "address", ["224.0.0.1", "255.255.255.255", "phone.example.com", "1.2.3", "1.2.3.4.5"]
)
def test_addresses_that_we_never_send_to(address: str) -> None:
    assert _remote(f"m=audio 5000 RTP/AVP 0\nc=IN IP4 {address}\n") is None
    assert _remote("m=audio 5000 RTP/AVP 0\nc=IN IP6 ff02::1\n") is None
    assert _remote("m=audio 5000 RTP/AVP 0\nc=IN IP6 fe80::1%eth0\n") is None


def test_port_0_and_no_address_have_no_transport() -> None:
    assert _remote("m=audio 0 RTP/AVP 0\n") is None
    description = SessionDescription.parse("m=audio 5000 RTP/AVP 0\n")
    assert remote_transport(description, description.media[0], mux=False) is None


@pytest.mark.parametrize(
    ("line", "own", "reachable"),
    [
        ("IN IP4 192.0.2.1", "192.0.2.9", True),
        ("IN IP6 2001:db8::1", "192.0.2.9", False),
        ("IN IP6 2001:db8::1", "::1", True),
        ("IN IP4 192.0.2.1", "::1", False),
        ("IN IP4 0.0.0.0", "::1", True),
        ("IN IP6 ::", "192.0.2.9", True),
    ],
)
def test_address_families(line: str, own: str, reachable: bool) -> None:
    found = _remote(f"m=audio 5000 RTP/AVP 0\nc={line}\n")
    assert found is not None
    assert found.reachable_from(own) == reachable
