"""Single configuration values by field type: from TOML and from environment text."""

import types
from dataclasses import is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import get_args, get_origin

from cms_media.base.errors import CmsMediaError

_WORDS = {
    "true": True,
    "1": True,
    "yes": True,
    "on": True,
    "false": False,
    "0": False,
    "no": False,
    "off": False,
}
_PLAIN: dict[type, str] = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


class Wrong(CmsMediaError):  # noqa: N818 - says what was expected; never leaves settings reading
    """A value does not fit its field."""


def section_of(hint: object) -> type | None:
    """The dataclass that a field holds; None: the field is no section."""
    return hint if isinstance(hint, type) and is_dataclass(hint) else None


def element_section(hint: object) -> type | None:
    """The dataclass of an array of tables; None: the field is none."""
    element = _element(hint)
    return section_of(element) if element else None


def from_toml(hint: object, value: object) -> object:
    """Raises Wrong."""
    hint = _without_none(hint)
    element = _element(hint)
    if element:
        if not isinstance(value, list):
            raise Wrong(f"expected a list, found {_found(value)}")
        return tuple(from_toml(element, item) for item in value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and issubclass(hint, StrEnum | Path):
        return _from_word(hint, value)
    if type(value) is not hint:
        raise Wrong(f"expected {_expected(hint)}, found {_found(value)}")
    return value


def from_text(hint: object, text: str) -> object:
    """A value as the environment has it; lists are separated by commas. Raises Wrong."""
    hint = _without_none(hint)
    element = _element(hint)
    if element:
        if section_of(element):
            raise Wrong("tables can only be given in the file")
        return tuple(from_text(element, part.strip()) for part in text.split(",") if part.strip())
    if hint is bool and text.strip().lower() in _WORDS:
        return _WORDS[text.strip().lower()]
    if hint is int or hint is float:
        try:
            return int(text) if hint is int else float(text)
        except ValueError:
            raise Wrong(f"expected {_expected(hint)}") from None
    return from_toml(hint, text)


def _from_word(hint: type[StrEnum | Path], value: object) -> object:
    if not isinstance(value, str):
        raise Wrong(f"expected {_expected(hint)}, found {_found(value)}")
    try:
        return hint(value)
    except ValueError:
        raise Wrong(f"expected {_expected(hint)}, found {value!r}") from None


def _expected(hint: object) -> str:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return "one of " + ", ".join(member.value for member in hint)
    if hint is Path:
        return "text"
    if section_of(hint):
        return "a section"
    return _PLAIN[hint] if isinstance(hint, type) and hint in _PLAIN else str(hint)


def _found(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return _PLAIN.get(type(value), type(value).__name__)


def _element(hint: object) -> object | None:
    """`tuple[X, ...]` gives X."""
    return get_args(hint)[0] if get_origin(hint) is tuple else None


def _without_none(hint: object) -> object:
    """`X | None` gives X."""
    if isinstance(hint, types.UnionType):
        return next(part for part in get_args(hint) if part is not types.NoneType)
    return hint
