"""Line numbers of TOML keys, whatever the values look like."""

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from cms_media.base.toml_lines import TomlLines

TEXT = '''# [not] a = "table"
title = "a # b [c]"  # [x]
list = [
  "one ] ",  # ]
  [1, 2],
]
text = """
[fake]
key = 1 \\"""
""""
other = \'\'\'
[[fake]]
\'\'\'
a.b . "c d" = 1

[table]  # comment
key = 'it = "s"'
inline = { x = 1, y = [2] }

[table.sub]
key = 2
[[space]]
name = 1
[[space]]
name = 2
[space.more]
deep = 3
[[space.door]]
n = 1
[[space.door]]
n = 2
'''


def test_lines() -> None:
    tomllib.loads(TEXT)
    lines = TomlLines(TEXT)
    expected = {
        ("title",): 2,
        ("list",): 3,
        ("text",): 7,
        ("other",): 11,
        ("a", "b", "c d"): 14,
        ("table",): 16,
        ("table", "key"): 17,
        ("table", "inline"): 18,
        ("table", "inline", "y"): 18,
        ("table", "sub", "key"): 21,
        ("space",): 22,
        ("space", 0): 22,
        ("space", 0, "name"): 23,
        ("space", 1): 24,
        ("space", 1, "name"): 25,
        ("space", 1, "more", "deep"): 27,
        ("space", 1, "door", 1, "n"): 31,
        ("nowhere", "at all"): 1,
        ("table", "missing"): 16,
    }
    assert {path: lines.line_of(path) for path in expected} == expected


_PIECES = st.sampled_from(
    [
        '"',
        "'",
        '"""',
        "'''",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        "\n",
        "=",
        ".",
        "a",
        "b",
        "#",
        "\\",
        ",",
        "1",
        " ",
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_any_text_ends_with_a_line_inside_it(text: str) -> None:
    lines = TomlLines(text)
    for path in [("a",), ("a", "b"), ("b", 0, "a")]:
        assert 1 <= lines.line_of(path) <= text.count("\n") + 1
