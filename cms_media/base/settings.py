"""Configuration: a TOML file and the environment, read into frozen dataclasses by their field types.

Every package defines its own settings; a schema is a dataclass with one field per section. A field may be str,
int, float, bool, a StrEnum, a Path, each of these or None, a tuple of them, a section (dataclass) or a tuple of
sections (`[[name]]`). What is not given has the field's default. All that is wrong is said at once, with file,
line and key.
"""

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar, get_type_hints

from cms_media.base.errors import SettingsError
from cms_media.base.setting_values import Wrong, element_section, from_text, from_toml, section_of
from cms_media.base.toml_lines import KeyPath, TomlLines

ENVIRONMENT_PREFIX = "CMS_MEDIA__"
"""CMS_MEDIA__SIP__UDP_PORT=5070 overrides udp_port in [sip]."""
MAX_FILE_BYTES = 1_048_576
"""A configuration of ten thousand spaces is smaller; this is a wrong file."""
MAX_TABLES = 10_000
"""Elements of one [[array]]."""

_Schema = TypeVar("_Schema")
_AT_LINE = re.compile(r"(.*) \(at line (\d+), column \d+\)")


def read_settings(path: Path, schema: type[_Schema], environ: Mapping[str, str]) -> _Schema:
    """The settings of `schema` from a file and what of the environment begins with CMS_MEDIA__.

    Raises SettingsError: one line per thing that is wrong.
    """
    text = _text(path)
    try:
        values: dict[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(_syntax(path, str(error))) from None
    reader = _Reader(path, TomlLines(text))
    overrides = _overrides(environ)
    made = reader.section(schema, values, (), overrides)
    reader.refuse_unused(overrides)
    if reader.problems or made is None:
        raise SettingsError("\n".join(reader.problems))
    return made


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SettingsError(f"{path}: larger than {MAX_FILE_BYTES} bytes")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: not UTF-8 text") from None


def _syntax(path: Path, message: str) -> str:
    found = _AT_LINE.fullmatch(message)
    return f"{path}:{found[2]}: {found[1]}" if found else f"{path}: {message}"


def _overrides(environ: Mapping[str, str]) -> dict[KeyPath, tuple[str, str]]:
    """Variable name and value by key path; taken out when used."""
    return {
        tuple(name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")): (name, value)
        for name, value in environ.items()
        if name.startswith(ENVIRONMENT_PREFIX)
    }


class _Reader:
    """Reads section by section and gathers what is wrong."""

    def __init__(self, path: Path, lines: TomlLines) -> None:
        self._path = path
        self._lines = lines
        self.problems: list[str] = []

    def section(
        self,
        schema: Callable[..., _Schema],
        values: Mapping[str, object],
        path: KeyPath,
        overrides: dict[KeyPath, tuple[str, str]],
    ) -> _Schema | None:
        """The section, None when anything in it was wrong (`problems` has grown)."""
        before = len(self.problems)
        hints = get_type_hints(schema)
        self._refuse_unknown(values, hints, path)
        found: dict[str, object] = {}
        for field in dataclasses.fields(schema):  # type: ignore[arg-type]
            key = (*path, field.name)
            if key in overrides:
                self._take_override(hints[field.name], key, overrides.pop(key), found)
            elif field.name in values or section_of(hints[field.name]):
                found[field.name] = self._value(hints[field.name], values.get(field.name, {}), key, overrides)
            elif _is_required(field):
                self._say(path, f"{_name(path)} {field.name} is missing")
        return self._made(schema, found, path) if len(self.problems) == before else None

    def refuse_unused(self, overrides: Mapping[KeyPath, tuple[str, str]]) -> None:
        """Environment variables that name no key."""
        for name, _ in overrides.values():
            self.problems.append(f"environment: {name} names no key")

    def _value(
        self, hint: object, value: object, path: KeyPath, overrides: dict[KeyPath, tuple[str, str]]
    ) -> object:
        section, element = section_of(hint), element_section(hint)
        if section and isinstance(value, dict):
            return self.section(section, value, path, overrides)
        if element and isinstance(value, list) and all(isinstance(item, dict) for item in value):
            if len(value) > MAX_TABLES:
                self._say(path, f"more than {MAX_TABLES} {_name(path)}")
                return None
            return tuple(
                self.section(element, item, (*path, index), overrides) for index, item in enumerate(value)
            )
        try:
            if element and isinstance(value, dict):
                raise Wrong(f"write [[{path[-1]}]], there may be several")
            return from_toml(hint, value)
        except Wrong as wrong:
            self._say(path, f"{_name(path[:-1])} {path[-1]}: {wrong}".lstrip())
            return None

    def _take_override(
        self, hint: object, path: KeyPath, override: tuple[str, str], found: dict[str, object]
    ) -> None:
        name, text = override
        try:
            found[str(path[-1])] = from_text(hint, text)
        except Wrong as wrong:
            self.problems.append(f"environment: {name}: {wrong}")

    def _made(
        self, schema: Callable[..., _Schema], found: Mapping[str, object], path: KeyPath
    ) -> _Schema | None:
        """Sections may check themselves when made; they name the key as `section.key: what is wrong`."""
        try:
            return schema(**found)
        except SettingsError as error:
            named = re.match(r"[a-z0-9_.]+", str(error))
            key: KeyPath = tuple(named[0].split(".")) if named else ()
            self._say(key if key[: len(path)] == path else (*path, *key), str(error))
            return None

    def _refuse_unknown(
        self, values: Mapping[str, object], hints: Mapping[str, object], path: KeyPath
    ) -> None:
        for key in values:
            if key not in hints:
                near = difflib.get_close_matches(key, hints, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                self._say((*path, key), f"{_name(path)} {key} is not a known key{hint}".lstrip())

    def _say(self, path: KeyPath, problem: str) -> None:
        self.problems.append(f"{self._path}:{self._lines.line_of(path)}: {problem.lstrip()}")


def _name(path: KeyPath) -> str:
    """A section as it is written in the file: [sip], [[space]]; nothing for the root."""
    if not path:
        return ""
    dotted = ".".join(part for part in path if isinstance(part, str))
    return f"[[{dotted}]]" if isinstance(path[-1], int) else f"[{dotted}]"


def _is_required(field: "dataclasses.Field[object]") -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing
