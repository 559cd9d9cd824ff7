"""Custom headers of an outgoing call, as a caller gives them: `X-Name: value`, one a line."""

import re

from cms_media.base.errors import RequestError

MAX_HEADERS = 10
MAX_VALUE_CHARACTERS = 500
_FORM = re.compile(r"(?P<name>[Xx]-[A-Za-z0-9-]{1,60}):[ \t]*(?P<value>.*)")


def parse_headers(text: str) -> dict[str, str]:
    """By name. Only names that begin with X-: the others are signalling's own. Raises RequestError."""
    lines = text.splitlines()
    if len(lines) > MAX_HEADERS:
        raise RequestError("parameterError", f"headers: more than {MAX_HEADERS}")
    return dict(map(_header, lines))


def _header(line: str) -> tuple[str, str]:
    found = _FORM.fullmatch(line)
    if found is None or len(line) > MAX_VALUE_CHARACTERS or not line.replace("\t", " ").isprintable():
        raise RequestError("parameterError", "headers: expected X-Name: value")
    return found["name"], found["value"].rstrip()
