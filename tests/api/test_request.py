"""Requests on the control socket, good and bad."""

import pytest

from cms_media.api.request import Command, Parameter, parse_request
from cms_media.base.errors import RequestError


async def nothing(_: object) -> object:
    return {}


COMMAND = Command("call", (Parameter("space"), Parameter("name", required=False)), nothing)


def test_a_request() -> None:
    name, given = parse_request(b'{"command": "call", "space": "demo"}\n')
    assert name == "call"
    assert COMMAND.checked(given) == {"space": "demo", "name": ""}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"", "one line of JSON"),
        (b"\xff\xfe", "one line of JSON"),
        (b"{", "one line of JSON"),
        (b"[" * 100_000, "one line of JSON"),
        (b"1" * 5000, "one line of JSON"),
        (b"[]", "JSON object"),
        (b"null", "JSON object"),
        (b"{}", "command"),
        (b'{"command": 1}', "command"),
    ],
)
def test_what_is_no_request(line: bytes, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        parse_request(line)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "^space: missing"),
        ({"space": ""}, "^space: missing"),
        ({"space": 1}, "^space: expected a text"),
        ({"space": ["demo"]}, "^space: expected a text"),
        ({"space": "a" * 5000}, "^space: longer"),
        ({"space": "demo", "colour": "red"}, "^colour: call has no such parameter"),
    ],
)
def test_wrong_parameters_are_named(given: dict[str, object], message: str) -> None:
    with pytest.raises(RequestError, match=message):
        COMMAND.checked(given)
