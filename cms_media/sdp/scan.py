"""Numbers and tokens of SDP text. Python's own `int()` takes more than RFC 8866 section 9 allows."""

import re

_DIGITS = re.compile(r"[0-9]{1,20}", re.ASCII)
_TOKEN = re.compile(r"[\x21-\x7e]{1,64}", re.ASCII)
LINE_END = re.compile(r"\r\n|\r|\n")
"""CRLF by the book; many real peers and all text files say LF alone."""


def number(text: str, maximum: int, default: int | None = None) -> int | None:
    """An unsigned decimal number up to `maximum`, else `default`."""
    if not _DIGITS.fullmatch(text):
        return default
    value = int(text)
    return value if value <= maximum else default


def is_token(text: str) -> bool:
    """Visible ASCII, at most 64 characters: what we dare to echo to a peer."""
    return bool(_TOKEN.fullmatch(text))
