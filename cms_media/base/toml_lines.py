"""On which line of a TOML text a key stands. The standard parser does not say; text must have passed it before."""

import re

KeyPath = tuple[str | int, ...]
"""Table and key names from the root; a number is an index into an array of tables."""

_TOKENS = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[\[\]{}\n]",
    re.DOTALL,
)
_KEY_PART = re.compile(
    r"\s*(?:(?P<bare>[A-Za-z0-9_-]+)|\"(?P<basic>(?:\\.|[^\"\\])*)\"|'(?P<literal>[^']*)')\s*(\.)?"
)


class TomlLines:
    """Line numbers by key path."""

    def __init__(self, text: str) -> None:
        self._lines: dict[KeyPath, int] = {(): 1}
        self._counts: dict[KeyPath, int] = {}
        table: KeyPath = ()
        for line, statement in _statements(text):
            if statement.startswith("[["):
                table = self._next_element(_key_parts(statement[2:]), line)
            elif statement.startswith("["):
                table = self._resolved(_key_parts(statement[1:]))
            else:
                self._lines.setdefault((*table, *_key_parts(statement)), line)
                continue
            self._lines.setdefault(table, line)

    def line_of(self, path: KeyPath) -> int:
        """The line of the key or of the nearest table around it; keys of inline tables share one line."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def _next_element(self, parts: KeyPath, line: int) -> KeyPath:
        array = (*self._resolved(parts[:-1]), *parts[-1:])
        self._lines.setdefault(array, line)
        index = self._counts.get(array, 0)
        self._counts[array] = index + 1
        return (*array, index)

    def _resolved(self, parts: KeyPath) -> KeyPath:
        """`[a.b]` under `[[a]]` belongs to the latest element of a."""
        path: KeyPath = ()
        for part in parts:
            path = (*path, part)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        return path


def _statements(text: str) -> list[tuple[int, str]]:
    """Headers and key-value pairs with their line, values of several lines in one piece."""
    found: list[tuple[int, str]] = []
    depth = start = 0
    for match in _TOKENS.finditer(text):
        piece = match.group()
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(piece, 0)
        if piece == "\n" and depth <= 0:
            _append(found, text, start, match.start())
            start = match.end()
    _append(found, text, start, len(text))
    return found


def _append(found: list[tuple[int, str]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    statement = piece.strip()
    if statement and not statement.startswith("#"):
        skipped = len(piece) - len(piece.lstrip())
        found.append((text.count("\n", 0, start + skipped) + 1, statement))


def _key_parts(text: str) -> KeyPath:
    parts: list[str] = []
    match = _KEY_PART.match(text)
    while match:
        parts.append(next(value for value in match.group("bare", "basic", "literal") if value is not None))
        match = _KEY_PART.match(text, match.end()) if match.group(4) else None
    return tuple(parts)
