"""RFC 4475 against a running stack: the right class of answer to each message, and a good caller is served after it."""

import itertools
import re
import socket
from collections.abc import Iterator

import pytest

from tests.interop.rfc4475 import MESSAGES, SILENCE, Torture
from tests.interop.sip_process import SipProcess, sip_process
from tests.interop.sipp import Sipp

pytestmark = pytest.mark.interop

ANSWER_S = 2.0
QUIET_S = 0.2
"""How long silence is listened to."""


class Sender:
    """A UDP socket that talks to one stack."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._target = ("127.0.0.1", port)
        self._numbers = itertools.count(1)
        self.name = f"127.0.0.1:{self._socket.getsockname()[1]}"

    def status(self, message: Torture) -> int:
        """Send; the final status that comes back, or SILENCE."""
        branch = f"{message.name}{next(self._numbers)}"
        self._socket.sendto(message.datagram(self.name, branch), self._target)
        self._socket.settimeout(QUIET_S if message.allowed == (SILENCE,) else ANSWER_S)
        try:
            while True:
                answer = self._socket.recv(65536).decode(errors="replace")
                found = re.match(r"SIP/2.0 (\d\d\d)", answer)
                # Answers to earlier INVITEs come again and again, for nobody acknowledges them here.
                if found and int(found[1]) >= 200 and self._is_to(answer, message, branch):
                    return int(found[1])
        except TimeoutError:
            return SILENCE

    def _is_to(self, answer: str, message: Torture, branch: str) -> bool:
        return branch in answer or message.name in ("badbranch", "insuf")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SipProcess]:
    with sip_process(tmp_path_factory.mktemp("sip")) as process:
        yield process


@pytest.fixture(scope="module")
def sender(stack: SipProcess) -> Iterator[Sender]:
    sender = Sender(stack.udp)
    yield sender
    sender.close()


def test_the_set_is_whole() -> None:
    assert len({message.section for message in MESSAGES}) == len(MESSAGES) == 49


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_answer(sender: Sender, message: Torture) -> None:
    assert sender.status(message) in message.allowed
    good = next(item for item in MESSAGES if item.name == "lwsdisp")
    assert sender.status(good) == 200


def test_faults_are_counted_and_logged_once(stack: SipProcess, sender: Sender) -> None:
    bad = next(item for item in MESSAGES if item.name == "ltgtruri")
    for _ in range(3):
        sender.status(bad)
    counters = stack.snapshot()["pjsip"]
    assert counters["answered_malformed"] >= 3
    lines = [line for line in stack.errors.splitlines() if "malformed" in line]
    assert len(lines) == len(set(lines))
    assert all("peer=127.0.0.1:" in line for line in lines)


def test_a_good_call_afterwards(stack: SipProcess, tmp_path_factory: pytest.TempPathFactory) -> None:
    Sipp("call_with_offer", tmp_path_factory.mktemp("sipp"), f"127.0.0.1:{stack.udp}").finish()
