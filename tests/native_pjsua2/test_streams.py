"""TCP and TLS, over both address families: framing, malformed messages in a stream, and the wheel's own OpenSSL."""

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.native_pjsua2.answerer import description
from tests.native_pjsua2.peer import OFFER, PATIENCE_S, Answerer, Peer, code

KINDS = ["tcp", "tls", "tcp6", "tls6"]


class Stream:
    """A connection that reads whole SIP messages."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._file = link.makefile("rb")

    def send(self, text: str) -> None:
        self._link.sendall(text.encode())

    def receive(self) -> str:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self._file.readline()
            assert line, "the connection was closed"
            head += line
        length = re.search(rb"Content-Length:\s*(\d+)", head)
        assert length
        return (head + self._file.read(int(length.group(1)))).decode()

    def final(self) -> str:
        while (response := self.receive()).startswith("SIP/2.0 1"):
            pass
        return response


@contextmanager
def connected(ua: Answerer, kind: str) -> Iterator[Stream]:
    host = "::1" if kind.endswith("6") else "127.0.0.1"
    with socket.create_connection((host, ua.ports[kind]), PATIENCE_S) as plain:
        if kind.startswith("tcp"):
            yield Stream(plain)
            return
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(plain) as link:
            yield Stream(link)


def over(kind: str, text: str) -> str:
    """The same request with the Via of another transport."""
    return text.replace("SIP/2.0/UDP", f"SIP/2.0/{kind[:3].upper()}")


@pytest.mark.parametrize("kind", KINDS)
def test_call(ua: Answerer, peer: Peer, kind: str) -> None:
    with connected(ua, kind) as stream:
        stream.send(over(kind, peer.request("INVITE", 1, OFFER)))
        response = stream.final()
        assert response.endswith(description(2))
        found = re.search(r"^To:.*;tag=(\S+)", response, re.MULTILINE)
        assert found
        peer.tag = found.group(1)
        # ACK and BYE in one segment: a stream has no message borders
        stream.send(over(kind, peer.request("ACK", 1)) + over(kind, peer.request("BYE", 2)))
        assert code(stream.final()) == 200


def test_message_in_pieces(ua: Answerer, peer: Peer) -> None:
    text = over("tcp", peer.request("OPTIONS", 1))
    with connected(ua, "tcp") as stream:
        for start in range(0, len(text), 40):
            stream.send(text[start : start + 40])
        assert code(stream.final()) == 200


def test_malformed_message_does_not_end_the_connection(ua: Answerer, peer: Peer) -> None:
    with connected(ua, "tcp") as stream:
        stream.send(over("tcp", peer.request("OPTIONS", 1)).replace("To: <", 'To: "J. <'))
        assert code(stream.final()) == 400
        stream.send(over("tcp", peer.request("OPTIONS", 2)))
        assert code(stream.final()) == 200


def test_handshake_that_fails_disturbs_nobody(ua: Answerer, peer: Peer) -> None:
    with socket.create_connection(("127.0.0.1", ua.ports["tls"]), PATIENCE_S) as link:
        link.sendall(b"this is no ClientHello at all, and long enough to be read as one\r\n")
    assert code(peer.final(peer.request("OPTIONS", 1))) == 200
