"""The few SIP fields and bodies that we read ourselves: whatever bytes come, only their own error."""

import contextlib
import random
from pathlib import Path

import pytest

from cms_media.signalling.info_bodies import InfoBodyError, parse_info
from cms_media.signalling.message import MessageError, SipRequest, header_value, readable

HERE = Path(__file__).parent
MUTATIONS = 400
SEED = 3261


def as_received(content: bytes) -> str:
    """Text as pjsua2 hands it over."""
    return readable(content.decode("utf-8", "surrogateescape"))


def mutated(content: bytes, dice: random.Random) -> bytes:
    result = bytearray(content)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(result) + 1)
        if dice.random() < 0.5:
            result[at:at] = bytes(dice.choices(b'\r\n\t :;,<>@%"\\=[]\x00\xff', k=dice.randint(1, 6)))
        else:
            del result[at : at + dice.randint(1, 20)]
    return bytes(result)


def read_message(content: bytes) -> None:
    with contextlib.suppress(MessageError):
        request = SipRequest.parse(as_received(content))
        uri, name = request.caller
        for text in (str(uri), name, request.body, *request.extension_headers.values()):
            text.encode()
            assert "\n" not in header_value(text)


def read_info(content: bytes) -> None:
    kind, _, body = content.partition(b"\n")
    with contextlib.suppress(InfoBodyError):
        parse_info(as_received(kind), as_received(body))


@pytest.mark.parametrize(("corpus", "read"), [("sip_message", read_message), ("info_bodies", read_info)])
def test_only_its_own_error(corpus: str, read) -> None:
    dice = random.Random(SEED)
    for path in sorted((HERE / corpus).iterdir()):
        content = path.read_bytes()
        read(content)
        for _ in range(MUTATIONS):
            read(mutated(content, dice))
