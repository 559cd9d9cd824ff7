"""Custom headers as a caller gives them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms_media.api.headers import parse_headers
from cms_media.base.errors import RequestError


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("", {}),
        ("X-Tenant: seven", {"X-Tenant": "seven"}),
        ("X-A:1\nx-b:  a: b ", {"X-A": "1", "x-b": "a: b"}),
    ],
)
def test_headers(text: str, headers: dict[str, str]) -> None:
    assert parse_headers(text) == headers


@pytest.mark.parametrize(
    "text", ["Contact: <sip:me>", "X-", "X-A", "X-A b: c", "X-A: \x00", "X-A: " + "a" * 600, "X-A: 1\n" * 11]
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(RequestError, match=r"^headers: "):
        parse_headers(text)


@given(st.text())
def test_nothing_else_is_raised_and_no_line_ends_get_through(text: str) -> None:
    try:
        headers = parse_headers(text)
    except RequestError:
        return
    assert not any("\r" in part or "\n" in part for item in headers.items() for part in item)
