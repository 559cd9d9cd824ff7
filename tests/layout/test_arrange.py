"""Who is shown where, by tables: letters are participants in roster order, `.` is an empty cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms_media.base.types import LegId
from cms_media.layout.arrange import Candidate, Pane, arrange, arrange_alike, arrange_each
from cms_media.layout.types import LayoutName, SelfPane, Size

EQUAL = LayoutName.ALL_EQUAL
SPEAKER = LayoutName.SPEAKER_ONLY


def roster(text: str) -> list[Candidate]:
    """`A B2 C!7`: A, B who spoke second, C of importance 7."""
    people = []
    for word in text.split():
        name, _, importance = word.partition("!")
        people.append(Candidate(LegId(name[0]), int(importance or 0), int(name[1:] or 0)))
    return people


def drawn(panes: tuple[Pane, ...]) -> str:
    """A grid of square number of cells as rows of letters."""
    columns = round(1 / panes[0].rect.width)
    cells = [["."] * columns for _ in range(columns)]
    for pane in panes:
        cells[round(pane.rect.y * columns)][round(pane.rect.x * columns)] = pane.leg
    return " ".join("".join(row) for row in cells)


@pytest.mark.parametrize(
    ("people", "viewer", "picture"),
    [
        ("A B", "A", "B"),
        ("A B", "B", "A"),
        ("A B C D", "A", "BC D."),
        ("A B C D E", "C", "AB DE"),
        ("A B C D E F", "A", "BCD EF. ..."),
        ("A B C D E F G H I", "E", "ABC DFG HI."),
        ("A B C D E F G H I J", "J", "ABC DEF GHI"),
        ("A B C D E F G H I J K", "A", "BCDE FGHI JK.. ...."),
        # Somebody left (C): the rest keeps its order and closes up.
        ("A B D E", "A", "BD E."),
        # A speaker moves nobody; the important come first.
        ("A B C1 D3 E2", "A", "BC DE"),
        ("A B C D!5 E!7", "A", "ED BC"),
    ],
)
def test_all_equal(people: str, viewer: str, picture: str) -> None:
    assert drawn(arrange(EQUAL, roster(people), LegId(viewer))) == picture


@pytest.mark.parametrize(
    ("self_pane", "viewer", "picture"),
    [
        ("skip", "B", "ACD E.. ..."),
        ("self", "B", "ABC DE. ..."),
        ("blank", "B", "A.C DE. ..."),
        ("blank", "E", "ABC D.. ..."),
    ],
)
def test_one_s_own_pane_in_a_fixed_grid(self_pane: str, viewer: str, picture: str) -> None:
    panes = arrange(LayoutName.ALL_EQUAL_NINTHS, roster("A B C D E"), LegId(viewer), SelfPane(self_pane))
    assert drawn(panes) == picture


@pytest.mark.parametrize(
    ("self_pane", "viewer", "picture"),
    [
        ("self", "A", "AB C."),
        ("blank", "A", ".B C."),
        ("self", "C", "AB C."),
        ("skip", "D", "AB C."),
    ],
)
def test_with_oneself_a_growing_grid_has_a_pane_more(self_pane: str, viewer: str, picture: str) -> None:
    people = "A B C" if viewer != "D" else "A B C D"
    assert drawn(arrange(EQUAL, roster(people), LegId(viewer), SelfPane(self_pane))) == picture


def test_a_speaker_sees_himself_or_the_one_before_or_nobody() -> None:
    people = roster("A1 B3 C2")
    shown = [[pane.leg for pane in arrange(SPEAKER, people, LegId("B"), mode)] for mode in SelfPane]
    assert shown == [["C"], ["B"], []]


@pytest.mark.parametrize(
    ("layout", "most"), [("Quarters", 4), ("Ninths", 9), ("Sixteenths", 16), ("TwentyFifths", 25)]
)
def test_a_fixed_grid_keeps_its_cells(layout: str, most: int) -> None:
    name = LayoutName(f"allEqual{layout}")
    people = [Candidate(LegId(str(number))) for number in range(40)]
    assert len(arrange(name, people, people[0].leg)) == most
    two = arrange(name, people[:3], people[0].leg)
    assert [pane.rect.width for pane in two] == [1 / round(most**0.5)] * 2


def test_two_others_sit_side_by_side_letterboxed() -> None:
    panes = arrange(EQUAL, roster("A B C"), LegId("B"))
    pixels = [(pane.leg, pane.rect.scaled(Size(1280, 720))) for pane in panes]
    assert [(leg, rect.x, rect.y, rect.width, rect.height) for leg, rect in pixels] == [
        ("A", 0, 180, 640, 360),
        ("C", 640, 180, 640, 360),
    ]


@pytest.mark.parametrize(
    ("others", "columns"),
    [(1, 1), (3, 2), (4, 2), (5, 3), (9, 3), (10, 4), (16, 4), (17, 5), (25, 5), (26, 5), (200, 5)],
)
def test_grid_grows_with_the_people(others: int, columns: int) -> None:
    people = [Candidate(LegId(str(number))) for number in range(others + 1)]
    panes = arrange(EQUAL, people, people[0].leg)
    assert len(panes) == min(others, 25)
    assert round(1 / panes[0].rect.width) == columns


def test_of_too_many_the_recent_speakers_are_kept_in_roster_order() -> None:
    people = [Candidate(LegId(f"{number:02}"), 0, number if number > 5 else 0) for number in range(31)]
    shown = [pane.leg for pane in arrange(EQUAL, people, LegId("30"))]
    assert shown == ["00", *(f"{number:02}" for number in range(6, 30))]


def test_those_who_are_not_shown_all_see_the_same() -> None:
    people = [Candidate(LegId(f"{number:02}"), 0, 40 - number) for number in range(40)]
    pictures = {arrange(EQUAL, people, item.leg) for item in people}
    assert len(pictures) == 26


@pytest.mark.parametrize(
    ("people", "viewer", "shown"),
    [
        ("A B C", "A", "B"),
        ("A B C", "B", "A"),
        ("A B C1", "A", "C"),
        # The loudest sees who was loudest before.
        ("A1 B3 C2", "A", "B"),
        ("A1 B3 C2", "B", "C"),
        ("A1 B3 C2", "C", "B"),
        # Pinned by importance, who itself sees the loudest other.
        ("A1 B3 C!9", "A", "C"),
        ("A1 B3 C!9", "C", "B"),
    ],
)
def test_speaker_only(people: str, viewer: str, shown: str) -> None:
    panes = arrange(SPEAKER, roster(people), LegId(viewer))
    assert [pane.leg for pane in panes] == [shown]
    assert (panes[0].rect.width, panes[0].rect.height) == (1.0, 1.0)


def test_speaker_only_needs_two_pictures_for_everybody() -> None:
    people = roster("A1 B3 C2 D E F")
    assert len({arrange(SPEAKER, people, item.leg) for item in people}) == 2


def test_when_pictures_are_shared_everybody_sees_all_and_himself() -> None:
    pictures = arrange_alike(EQUAL, roster("A B C D E"))
    assert [drawn(panes) for panes in pictures.values()] == ["ABC DE. ..."] * 5


@pytest.mark.parametrize(("layout", "people"), [(SPEAKER, "A1 B3 C2 D"), (EQUAL, "A B"), (EQUAL, "A")])
def test_pictures_are_not_shared_where_that_would_take_the_others_away(
    layout: LayoutName, people: str
) -> None:
    assert arrange_alike(layout, roster(people)) == arrange_each(layout, roster(people))


@pytest.mark.parametrize("layout", list(LayoutName))
def test_nobody_else_is_an_empty_picture(layout: LayoutName) -> None:
    assert arrange(layout, roster("A"), LegId("A")) == ()
    assert arrange(layout, [], None) == ()


@given(
    st.sampled_from(LayoutName),
    st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 50)), max_size=60),
    st.integers(0, 70),
)
def test_nobody_twice_never_self_inside_the_canvas(
    layout: LayoutName, people: list[tuple[int, int]], viewer: int
) -> None:
    candidates = [Candidate(LegId(str(n)), importance, spoke) for n, (importance, spoke) in enumerate(people)]
    panes = arrange(layout, candidates, LegId(str(viewer)))
    assert len({pane.leg for pane in panes}) == len(panes)
    assert str(viewer) not in {pane.leg for pane in panes}
    for pane in panes:
        assert 0 <= pane.rect.x <= pane.rect.x + pane.rect.width <= 1.0001
        assert 0 <= pane.rect.y <= pane.rect.y + pane.rect.height <= 1.0001


@given(
    st.sampled_from(LayoutName),
    st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 50)), max_size=60),
    st.sampled_from(SelfPane),
)
def test_all_pictures_at_once_are_the_single_ones(
    layout: LayoutName, people: list[tuple[int, int]], self_pane: SelfPane
) -> None:
    candidates = [Candidate(LegId(str(n)), importance, spoke) for n, (importance, spoke) in enumerate(people)]
    assert arrange_each(layout, candidates, self_pane) == {
        item.leg: arrange(layout, candidates, item.leg, self_pane) for item in candidates
    }
