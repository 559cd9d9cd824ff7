"""The other side of the answerer: a raw socket that writes SIP by hand, broken as a test wants it."""

import json
import queue
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OFFER = (
    "v=0\r\no=x 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 5000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
    "m=video 5002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"
)
PATIENCE_S = 5.0
"""How long an answer may take before the test gives up on it."""


@dataclass
class Answerer:
    """The process under test."""

    process: subprocess.Popen[str]
    ports: dict[str, int] = field(default_factory=dict)
    lines: "queue.Queue[str]" = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        """A full pipe would stop the process in the middle of a test."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put("")

    def event(self, name: str) -> dict[str, Any]:
        """The next event of that name; others before it are skipped."""
        while line := self.lines.get(timeout=PATIENCE_S):
            event: dict[str, Any] = json.loads(line)
            if event["event"] == name:
                return event
        raise AssertionError(f"the process ended with {self.process.wait()} before {name}")

    def ask(self, word: str, event: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return self.event(event)

    def counters(self) -> dict[str, int]:
        counters: dict[str, int] = self.ask("counters", "counters")["counters"]
        return counters

    def memory(self) -> dict[str, int]:
        """What pjsip holds: `pools`, `pool_bytes`."""
        return self.ask("memory", "memory")


@contextmanager
def answerer(certificate: Path) -> Iterator[Answerer]:
    """Start it, and make sure that it ends by itself, cleanly. The certificate file holds the key as well."""
    script = Path(__file__).with_name("answerer.py")
    process = subprocess.Popen(
        [sys.executable, str(script), str(certificate)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        running = Answerer(process)
        running.ports = running.event("ready")["ports"]
        yield running
        running.ask("quit", "destroyed")
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()


@dataclass
class Peer:
    """One caller over UDP. Every request gets a branch of its own; `tag` is the answerer's once there is a dialogue."""

    port: int
    call_id: str
    host: str = "127.0.0.1"
    tag: str = ""
    link: socket.socket = field(init=False)
    _count: int = 0

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self.link = socket.socket(family, socket.SOCK_DGRAM)
        self.link.bind((self.host, 0))
        self.link.settimeout(PATIENCE_S)

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.link.getsockname()[1]}"

    def request(
        self, method: str, cseq: int, body: str = "", extra: str = "", kind: str = "application/sdp"
    ) -> str:
        """A correct request as text."""
        self._count += 1
        to_tag = f";tag={self.tag}" if self.tag else ""
        content = f"Content-Type: {kind}\r\n" if body else ""
        return (
            f"{method} sip:room@127.0.0.1:{self.port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self.address};branch=z9hG4bK{self.call_id}{self._count};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:t@127.0.0.1>;tag=ft\r\nTo: <sip:room@127.0.0.1>{to_tag}\r\n"
            f"Call-ID: {self.call_id}\r\nCSeq: {cseq} {method}\r\nContact: <sip:t@{self.address}>\r\n{extra}"
            f"{content}Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def send(self, text: str | bytes) -> None:
        data = text if isinstance(text, bytes) else text.encode()
        self.link.sendto(data, (self.host, self.port))

    def receive(self) -> str:
        """The next message of the answerer."""
        return self.link.recv(65535).decode()

    def final(self, text: str | bytes) -> str:
        """Send a request and wait for its final response; remembers the tag."""
        self.send(text)
        while (response := self.receive()).startswith("SIP/2.0 1"):
            pass
        found = re.search(r"^To:.*;tag=([^;\s]+)", response, re.MULTILINE | re.IGNORECASE)
        if found and response.startswith("SIP/2.0 2"):
            self.tag = found.group(1)
        return response

    def set_up(self, body: str = OFFER) -> str:
        """INVITE, 200, ACK (with the answer when the INVITE had no offer); the 200's body."""
        response = self.final(self.request("INVITE", 1, body))
        assert response.startswith("SIP/2.0 200"), response
        self.send(self.request("ACK", 1, "" if body else OFFER))
        return response.partition("\r\n\r\n")[2]

    def hang_up(self, cseq: int) -> str:
        return self.final(self.request("BYE", cseq))


def code(response: str) -> int:
    """Status code of a response."""
    return int(response.split(" ", 2)[1])
