"""config/cms_media.toml and the settings dataclasses say the same."""

import dataclasses
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import get_type_hints

import pytest

from cms_media.app.settings import Settings, load_settings
from cms_media.base.setting_values import element_section, section_of
from cms_media.conference.space import Space

FILE = Path(__file__).parents[2] / "config" / "cms_media.toml"
TEXT = FILE.read_text()
LINES = TEXT.splitlines()


def _plain(value: object) -> object:
    """A default as TOML has it."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, StrEnum | Path) else value


def _sections() -> Iterator[tuple[str, type, object]]:
    defaults = Settings()
    for name, hint in get_type_hints(Settings).items():
        section = section_of(hint)
        if section:
            yield name, section, getattr(defaults, name)


@pytest.mark.parametrize(
    ("name", "section", "defaults"), list(_sections()), ids=lambda value: str(value)[:12]
)
def test_a_section_has_every_key_with_its_default(name: str, section: type, defaults: object) -> None:
    document = tomllib.loads(TEXT)[name]
    hints = get_type_hints(section)
    expected = {
        field.name: _plain(getattr(defaults, field.name))
        for field in dataclasses.fields(section)
        if not element_section(hints[field.name])
    }
    assert document == expected
    assert list(document) == list(expected)


def test_arrays_of_tables_are_shown_in_a_comment() -> None:
    for name, section, _ in _sections():
        for key, hint in get_type_hints(section).items():
            element = element_section(hint)
            if element is None:
                continue
            start = LINES.index(f"# [[{name}.{key}]]") + 1
            keys = [field.name for field in dataclasses.fields(element)]
            shown = [line.removeprefix("# ").partition(" = ")[0] for line in LINES[start : start + len(keys)]]
            assert shown == keys


def test_every_key_of_a_section_has_its_sentence() -> None:
    end = LINES.index("[[space]]")
    for before, line in pairwise(LINES[:end]):
        if line and line[0].isalpha():
            assert before.startswith("# "), line
            assert before.endswith((".", ":")), before


def test_the_demo_space() -> None:
    settings = load_settings(FILE, {})
    assert settings.space == (Space("Demo", "demo", "1000"),)
    shown = tomllib.loads(TEXT)["space"][0]
    assert list(shown) == [field.name for field in dataclasses.fields(Space)]
    assert dataclasses.replace(settings, space=()) == Settings()
