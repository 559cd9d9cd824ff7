"""Log lines: one per fact, nothing secret, bounded."""

import io
import logging
import re
from collections.abc import Iterator

import pytest

from cms_media.base.log import MAX_LINE_CHARACTERS, LogLevel, LogSettings, one_line, set_up


@pytest.fixture(autouse=True)
def _root_as_before() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("cms_media")
    handlers, levels = list(root.handlers), (root.level, ours.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream", [io.StringIO(), _Terminal()], ids=["file", "terminal"])
def test_a_line_names_its_source_and_its_level_is_heeded(stream: io.StringIO) -> None:
    set_up(LogSettings(LogLevel.WARNING), stream)
    log = logging.getLogger("cms_media.signalling.leg")
    log.info("nothing")
    log.warning("fault=%s", "x\r\nERROR forged")
    written = stream.getvalue()
    assert "nothing" not in written
    assert "signalling.leg fault=x\\r\\nERROR forged" in re.sub(r"\x1b\[[0-9;]*m", "", written)
    assert "WARNING" in written


def test_of_libraries_only_warnings_are_written() -> None:
    stream = io.StringIO()
    set_up(LogSettings(LogLevel.DEBUG), stream)
    logging.getLogger("library").info("chatter")
    logging.getLogger("library").warning("trouble")
    logging.getLogger("cms_media.conference").debug("decision")
    assert "chatter" not in stream.getvalue()
    assert "trouble" in stream.getvalue()
    assert "decision" in stream.getvalue()


def test_tracebacks_are_kept_without_their_secrets() -> None:
    stream = io.StringIO()
    set_up(LogSettings(), stream)
    try:
        raise ValueError("passcode=1234")
    except ValueError:
        logging.getLogger("x").exception("went wrong")
    assert "Traceback" in stream.getvalue()
    assert "1234" not in stream.getvalue()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=crypto:1 S inline:QUJD/+=|2^31 x", "a=crypto:1 S inline:...|2^31 x"),
        ("space=demo passcode=1234 leg=1", "space=demo passcode=... leg=1"),
        ("{'password': 'a b', 'x': 1}", "{'password': ..., 'x': 1}"),
        ('Secret = "x y" z', "Secret = ... z"),
        ("spin=5 pin: 7", "spin=5 pin: ..."),
        ("tab\there\x1b[31m\u2028", "tab\there\\x1b[31m\\u2028"),
    ],
)
def test_one_line(text: str, expected: str) -> None:
    assert one_line(text) == expected


def test_a_line_is_bounded() -> None:
    assert len(one_line("x" * 100_000)) == MAX_LINE_CHARACTERS + 3
