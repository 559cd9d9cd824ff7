"""A SIP caller over UDP that says exactly what a test wants it to, for calls whose media the test sends itself."""

import re
import socket
import uuid
from dataclasses import dataclass, field

from tests.interop.bridge import Bridge

_ANSWER_S = 15.0


@dataclass(slots=True)
class Answer:
    """The body of a 200 to INVITE: the bridge's media ports in the order of the m-lines."""

    sdp: str

    @property
    def ports(self) -> list[int]:
        return [int(port) for port in re.findall(r"^m=\w+ (\d+)", self.sdp, re.MULTILINE)]


@dataclass(slots=True)
class RawCaller:
    """One call. The bridge's own requests (BYE, INFO, ...) find nobody: nothing is read between our requests."""

    bridge: Bridge
    name: str = "raw"
    space: str = "demo"
    _socket: socket.socket = field(init=False)
    _tag: str = ""
    _to: str = ""
    _target: str = ""
    _number: int = 0
    _call_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(_ANSWER_S)
        self._target = self.bridge.uri(self.space)
        self._to = f"<{self._target}>"

    def invite(self, *media: str) -> Answer:
        """INVITE, or re-INVITE from the second on; `media`: the m-lines and what belongs to them."""
        lines = ["v=0", f"o=raw 7 {self._number + 1} IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"]
        body = "\r\n".join([*lines, *media, ""])
        self._number += 1
        self._send("INVITE", self._number, body)
        while True:
            head, _, answer = self._receive().partition("\r\n\r\n")
            status = head.split(" ", 2)
            if not head.startswith("SIP/2.0 ") or f"CSeq: {self._number} INVITE" not in head:
                continue
            if status[1] == "200":
                break
            assert status[1].startswith("1"), head
        self._to = self._header(head, "To")
        self._target = self._header(head, "Contact").partition("<")[2].partition(">")[0]
        self._send("ACK", self._number)
        return Answer(answer)

    def bye(self) -> None:
        """Ends the call and does not wait."""
        self._number += 1
        self._send("BYE", self._number)

    def close(self) -> None:
        """No more SIP, and no BYE."""
        self._socket.close()

    def _send(self, method: str, number: int, body: str = "") -> None:
        host, port = self._socket.getsockname()
        head = [
            f"{method} {self._target} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{uuid.uuid4().hex}",
            "Max-Forwards: 70",
            f"From: <sip:{self.name}@{host}>;tag={self._call_id[:8]}",
            f"To: {self._to}",
            f"Call-ID: {self._call_id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:{self.name}@{host}:{port}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        message = "\r\n".join([*head, "", body])
        self._socket.sendto(message.encode(), ("127.0.0.1", self.bridge.udp_port))

    def _receive(self) -> str:
        return self._socket.recv(65_535).decode(errors="replace")

    @staticmethod
    def _header(head: str, name: str) -> str:
        for line in head.split("\r\n"):
            if line.startswith(f"{name}: "):
                return line.removeprefix(f"{name}: ")
        raise AssertionError(f"no {name} in {head}")
