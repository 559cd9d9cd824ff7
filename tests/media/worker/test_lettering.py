"""Text cut to fit."""

import pytest

from cms_media.media.worker.lettering import font, initials, printable, shortened


def test_shortened_fits_and_keeps_the_beginning() -> None:
    text = shortened("A very long display name indeed", 20, 120)
    assert text.startswith("A very")
    assert text.endswith("…")
    assert font(20).getlength(text) <= 120
    assert shortened("Bob", 20, 120) == "Bob"
    assert shortened("Bob", 20, 3) == ""


def test_printable_is_one_line_without_controls() -> None:
    assert printable("a\tb\n\0\u202ec ") == "a b c"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Lovelace", "AL"),
        ("bob", "B"),
        ("a b c", "AC"),
        ("", "#"),
        ("+49 30 1234", "#"),
        ("ann@x.org", "AX"),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected
