"""The control socket's parser raises only its own error, whatever bytes come."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms_media.api.request import parse_request
from cms_media.base.errors import RequestError

CORPUS = Path(__file__).parent / "control_request"
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("command"), inner),
)


def parse(line: bytes) -> None:
    try:
        name, given = parse_request(line)
    except RequestError:
        return
    assert isinstance(name, str)
    assert isinstance(given, dict)


@given(st.binary())
def test_any_bytes(line: bytes) -> None:
    parse(line)


@given(JSON)
def test_any_json(value: object) -> None:
    parse(json.dumps(value).encode())


@pytest.mark.parametrize("case", sorted(CORPUS.iterdir()), ids=lambda case: case.name)
def test_corpus(case: Path) -> None:
    parse(case.read_bytes())
