"""Good messages with bytes changed, inside and outside a call, seeded: nothing falls over, good callers are served."""

import random
import re
import socket
from pathlib import Path

import pytest

from tests.interop.rfc4475 import INVALID, LAYERS, SDP, VALID, Torture
from tests.interop.sip_process import sip_process
from tests.interop.sipp import Sipp

pytestmark = pytest.mark.interop

ROUNDS = 1500
SEED = 4475

INFO = "Signal=5\nDuration=160\n"
INSIDE = [
    ("INVITE", "application/sdp", SDP),
    ("INVITE", "", ""),
    ("UPDATE", "application/sdp", SDP),
    ("INFO", "application/dtmf-relay", INFO),
    ("INFO", "application/media_control+xml", "<picture_fast_update/>"),
    ("OPTIONS", "", ""),
    ("PRACK", "", ""),
    ("REFER", "", ""),
    ("NOTIFY", "", ""),
]


def changed(message: bytes, dice: random.Random) -> bytes:
    """Some bytes replaced, doubled or cut."""
    result = bytearray(message)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(result))
        match dice.randrange(4):
            case 0:
                result[at] = dice.randrange(256)
            case 1:
                result[at:at] = bytes(dice.choices(b'\r\n;,:<>"\\ =@%0\xff', k=dice.randint(1, 8)))
            case 2:
                del result[at : at + dice.randint(1, 12)]
            case 3 if len(result) < 8000:
                result[at:at] = result[at : at + dice.randint(1, 200)]
        if not result:
            return message
    return bytes(result)


class Caller:
    """A UDP socket with one call, from which good and bad requests are sent."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(5)
        self._target = ("127.0.0.1", port)
        self.name = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._tag = ""

    def send(self, message: bytes) -> None:
        self._socket.sendto(message[:60000], self._target)

    def connect(self) -> None:
        self.send(self.request("INVITE", 1, "application/sdp", SDP))
        while not (answer := self._socket.recv(65536).decode()).startswith("SIP/2.0 200"):
            pass
        self._tag = re.findall(r"^To:.*;tag=(\S+)", answer, re.MULTILINE)[0]
        self.send(self.request("ACK", 1))

    def request(self, method: str, cseq: int, kind: str = "", body: str = "") -> bytes:
        text = body.replace("\n", "\r\n")
        lines = [
            f"{method} sip:meet@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP {self.name};branch=z9hG4bK{method}{cseq}",
            "Max-Forwards: 70",
            f"From: <sip:caller@{self.name}>;tag=here",
            "To: <sip:meet@127.0.0.1>" + (f";tag={self._tag}" if self._tag else ""),
            f"Call-ID: garbage@{self.name}",
            f"CSeq: {cseq} {method}",
            f"Contact: <sip:caller@{self.name}>",
            *([f"Content-Type: {kind}"] if kind else []),
            f"Content-Length: {len(text)}",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n" + text).encode()

    def close(self) -> None:
        self._socket.close()


def outside(name: str, dice: random.Random, number: int) -> bytes:
    message: Torture = dice.choice([*VALID, *INVALID, *LAYERS])
    return message.datagram(name, f"garbage{number}")


def test_garbage(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    with sip_process(tmp_path, quiet=False) as stack:
        caller = Caller(stack.udp)
        caller.connect()
        stack.wait(lambda event: event["event"] == "connected")
        for number in range(ROUNDS):
            if dice.random() < 0.5:
                method, kind, body = dice.choice(INSIDE)
                good = caller.request(method, number + 2, kind, body)
            else:
                good = outside(caller.name, dice, number)
            caller.send(changed(good, dice))
            if number % 100 == 99:
                # A slow receiver would only drop datagrams: wait until it has come this far.
                stack.snapshot()
        Sipp("call_with_offer", tmp_path, f"127.0.0.1:{stack.udp}").finish()
        counters = stack.snapshot()
        assert counters["pjsip"]["answered_malformed"] > 0
        assert counters["counters"]["own_faults"] == 0
        caller.close()
