"""What crosses between the bench and its generator."""

import pytest

from cms_media.bench.messages import Joined, Left, Prepare, SetUps, decode, encode
from cms_media.media.json_codec import MessageError
from tests.bench.runs import COUNTED, PLAN, SEEN


@pytest.mark.parametrize(
    "message",
    [
        Prepare(PLAN, "films", 1, 2),
        Joined(("leg-001: 503",)),
        COUNTED,
        SEEN,
        SetUps(10.0, 100, 1, ("call 7: no sound",), 8.0, 20.0, 90.0, 3.0),
        Left(),
    ],
)
def test_what_is_written_is_read(message: object) -> None:
    assert decode(encode(message)) == message  # type: ignore[arg-type]


@pytest.mark.parametrize("line", [b"", b"[]", b"null", b"{}", b'{"type": "Nobody"}', b'{"type": "Join"}'])
def test_anything_else_is_refused(line: bytes) -> None:
    with pytest.raises(MessageError):
        decode(line)
