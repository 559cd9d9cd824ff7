"""Values of a space."""

import pytest

from cms_media.base.errors import RequestError
from cms_media.conference.space import Space


@pytest.mark.parametrize(
    "space",
    [Space("Demo", "demo"), Space("Größe", "größe.1", "123456789", "0000"), Space("x", "a+b=c;d")],
)
def test_sensible_values(space: Space) -> None:
    assert space.checked() is space


@pytest.mark.parametrize(
    ("space", "key"),
    [
        (Space("", "demo"), "name"),
        (Space("a\nb", "demo"), "name"),
        (Space("n" * 201, "demo"), "name"),
        (Space("Demo", ""), "uri"),
        (Space("Demo", "demo@example.com"), "uri"),
        (Space("Demo", "de mo"), "uri"),
        (Space("Demo", "demo", "12a"), "call_id"),
        (Space("Demo", "demo", "١٢"), "call_id"),  # digits, but no keypad has them
        (Space("Demo", "demo", "1" * 33), "call_id"),
        (Space("Demo", "demo", "", "secret"), "passcode"),
    ],
)
def test_wrong_values_are_named(space: Space, key: str) -> None:
    with pytest.raises(RequestError, match=f"^{key}:"):
        space.checked()


def test_the_passcode_is_not_printed() -> None:
    assert "4711" not in repr(Space("Demo", "demo", "", "4711"))
