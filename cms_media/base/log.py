"""Where log lines go and how they look: one fact per line, `key=value`, never a secret.

Modules write with `logging.getLogger(__name__)`; this is set up once per process. On a terminal rich colours
the lines, anywhere else they are plain text for a journal or a file.
"""

import logging
import re
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import TextIO

from rich.console import Console
from rich.logging import RichHandler

MAX_LINE_CHARACTERS = 8_192
"""A peer chooses part of what is logged; a line of it must not fill a disk."""

_SECRETS = re.compile(
    r"""(?ix)
    (?P<name> inline: | (?<![a-z])(?:password|passcode|passwd|secret|token|pin|key_and_salt)["']?\s*[=:]\s* )
    (?: "[^"]*" | '[^']*' | [^\s,;|'")]+ )
    """
)
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


class LogLevel(StrEnum):
    """How much is written."""

    DEBUG = "debug"
    """Decisions."""
    INFO = "info"
    """The life of calls and legs."""
    WARNING = "warning"
    """A peer misbehaved, or something was dropped."""
    ERROR = "error"
    """Someone must act."""


@dataclass(frozen=True, slots=True)
class LogSettings:
    """Section [log]."""

    level: LogLevel = LogLevel.INFO
    """debug, info, warning or error."""


def set_up(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Sends this process's log to `stream` (default: standard error). Called again: replaces what was set up.

    Of libraries only warnings and worse are written: their INFO is not the life of calls.
    """
    target = stream if stream is not None else sys.stderr
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    root.addHandler(_handler(target))
    level = logging.getLevelNamesMapping()[settings.level.value.upper()]
    root.setLevel(max(level, logging.WARNING))
    logging.getLogger("cms_media").setLevel(level)


def _handler(target: TextIO) -> logging.Handler:
    if target.isatty():
        console = RichHandler(console=Console(file=target), show_path=False, rich_tracebacks=False)
        console.setFormatter(OneLine("%(short)s %(message)s", "%H:%M:%S"))
        return console
    plain = logging.StreamHandler(target)
    text = "%(asctime)s.%(msecs)03d %(levelname)s %(short)s %(message)s"
    plain.setFormatter(OneLine(text, "%Y-%m-%dT%H:%M:%S"))
    return plain


class OneLine(logging.Formatter):
    """Formats without secrets and, but for tracebacks, without line breaks that a peer could have put there."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base class's name
        record.short = record.name.removeprefix("cms_media.")
        record.message = one_line(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:  # noqa: N802 - the base class's name
        return without_secrets(super().formatException(ei))  # type: ignore[arg-type]


def one_line(text: str) -> str:
    """Control characters escaped, secrets removed, length bounded."""
    escaped = _CONTROLS.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)
    kept = without_secrets(escaped)
    return kept if len(kept) <= MAX_LINE_CHARACTERS else kept[:MAX_LINE_CHARACTERS] + "..."


def without_secrets(text: str) -> str:
    """SDES keys, passwords, passcodes and tokens replaced by dots."""
    return _SECRETS.sub(lambda found: f"{found.group('name')}...", text)
