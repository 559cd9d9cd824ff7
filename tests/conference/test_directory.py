"""From what was dialled to a space."""

import pytest

from cms_media.base.errors import RequestError
from cms_media.conference.directory import Directory
from cms_media.conference.space import Space

DEMO = Space("Demo", "Demo", "123456789")
TEAM = Space("Team", "team.room", "22")


@pytest.mark.parametrize(
    ("dialled", "space"),
    [
        ("demo", DEMO),
        ("DEMO", DEMO),
        (" demo ", DEMO),
        ("123456789", DEMO),
        ("Team.Room", TEAM),
        ("22", TEAM),
        ("2", None),
        ("", None),
        ("nobody", None),
    ],
)
def test_find(dialled: str, space: Space | None) -> None:
    assert Directory([DEMO, TEAM]).find(dialled) is space


@pytest.mark.parametrize(
    ("space", "failure"),
    [
        (Space("Other", "DEMO"), "duplicateCoSpaceUri"),
        (Space("Other", "123456789"), "duplicateCoSpaceUri"),
        (Space("Other", "other", "123456789"), "duplicateCoSpaceId"),
        (Space("Other", "o@x"), "parameterError"),
    ],
)
def test_what_is_already_dialled_is_refused(space: Space, failure: str) -> None:
    directory = Directory([DEMO])
    with pytest.raises(RequestError) as caught:
        directory.add(space)
    assert caught.value.failure == failure
    assert directory.all() == [DEMO]


def test_removed_spaces_are_not_found() -> None:
    directory = Directory([DEMO, TEAM])
    assert directory.remove("DEMO") is DEMO
    assert directory.find("123456789") is None
    assert directory.all() == [TEAM]
    with pytest.raises(RequestError, match="demo"):
        directory.remove("demo")


def test_a_space_whose_uri_is_its_call_id() -> None:
    directory = Directory([Space("Digits", "77", "77")])
    directory.remove("77")
    assert directory.find("77") is None
