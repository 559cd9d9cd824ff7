"""Canvases, judged by their pixels."""

from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from cms_media.base.types import LegId
from cms_media.codecs.pattern import PatternSource, read_identity
from cms_media.conference.ports import Scene, ScenePane
from cms_media.layout.types import Rect, Size
from cms_media.media.worker.compose import Composer
from cms_media.media.worker.party import Party
from cms_media.media.worker.source import Source
from tests.media.drawing import draw
from tests.media.plans import scene_of

A, B, C, D = (LegId(name * 32) for name in "abcd")


def _party(label: str, number: int | None = None) -> Party:
    party = Party(label, Source(lambda: None))
    if number is not None:
        _show(party.source, number)
    return party


def _show(source: Source, number: int, now_s: float = 0.0) -> None:
    source.picture = PatternSource(number, 640, 360).next_picture()
    source.renew(now_s)


def _beside(changed: NDArray[np.bool_], rows: slice, columns: slice) -> NDArray[np.bool_]:
    """All but these macroblocks."""
    rest = changed.copy()
    rest[rows, columns] = False
    return rest


@pytest.fixture
def parties() -> dict[LegId, Party]:
    return {A: _party("Alice", 1), B: _party("Bob", 2), C: _party("Carol", 3), D: _party("Dave")}


def test_everybody_is_in_his_pane(parties: dict[LegId, Party]) -> None:
    composer = Composer(Size(1280, 720))
    assert draw(composer, scene_of(A, B, C, D, active=B), parties, 0.0).any()
    rects = [(x, y, 640, 360) for y in (0, 360) for x in (0, 640)]
    read = [read_identity(composer.canvas, rect) for rect in rects]
    assert [identity and identity.source for identity in read] == [1, 2, 3, None]


def test_a_5x5_pane_is_legible() -> None:
    legs = [LegId(f"{n:032x}") for n in range(25)]
    parties = {leg: _party(f"Party {n}", n) for n, leg in enumerate(legs)}
    composer = Composer(Size(1280, 720))
    draw(composer, scene_of(*legs, columns=5, active=legs[7]), parties, 0.0)
    rects = [(n % 5 * 256, n // 5 * 144, 256, 144) for n in range(25)]
    read = [read_identity(composer.canvas, rect) for rect in rects]
    assert [identity and identity.source for identity in read] == list(range(25))


def test_only_what_changed_is_drawn_and_reported(parties: dict[LegId, Party]) -> None:
    composer, scene = Composer(Size(1280, 720)), scene_of(A, B, C, D)
    assert draw(composer, scene, parties, 0.0).all()
    assert not draw(composer, scene, parties, 0.1).any()
    composer.canvas.y[10, 10] = composer.canvas.y[10, 1000] = 99
    _show(parties[B].source, 5)
    changed = draw(composer, scene, parties, 0.2)
    assert changed[:23, 40:].mean() > 0.5
    assert not _beside(changed, slice(23), slice(40, 80)).any()
    assert composer.canvas.y[10, 10] == 99
    assert composer.canvas.y[10, 1000] != 99


def test_a_change_of_speaker_changes_two_frames(parties: dict[LegId, Party]) -> None:
    composer = Composer(Size(1280, 720))
    draw(composer, scene_of(A, B, C, D, active=A), parties, 0.0)
    changed = draw(composer, scene_of(A, B, C, D, active=B), parties, 0.0)
    assert changed[0].all()
    assert changed[:23, [0, 39, 40, 79]].all()
    assert not changed[1:22, 1:39].any()
    assert not changed[1:22, 41:79].any()
    assert not changed[23:].any()


def test_who_leaves_and_comes_back_changes_his_pane(parties: dict[LegId, Party]) -> None:
    composer, scene = Composer(Size(1280, 720)), scene_of(A, B, C, D)
    draw(composer, scene, parties, 0.0)
    alice = parties.pop(A)
    changed = draw(composer, scene, parties, 0.0)
    assert changed[:23, :40].all()
    assert not _beside(changed, slice(23), slice(40)).any()
    assert (composer.canvas.y[:360, :640] == 20).all()
    assert not draw(composer, scene, parties, 0.0).any()
    parties[A] = alice
    changed = draw(composer, scene, parties, 0.0)
    assert changed[:23, :40].all()
    assert not _beside(changed, slice(23), slice(40)).any()


def test_a_picture_that_is_shown_once_more_changes_nothing(parties: dict[LegId, Party]) -> None:
    composer, scene = Composer(Size(1280, 720)), scene_of(A, B, C, D, active=B)
    draw(composer, scene, parties, 0.0)
    for party in parties.values():
        party.source.renew(0.1)
    assert not draw(composer, scene, parties, 0.1).any()


def test_of_a_picture_only_what_moved_is_marked(parties: dict[LegId, Party]) -> None:
    composer, scene = Composer(Size(1280, 720)), scene_of(A, B, C, D)
    draw(composer, scene, parties, 0.0)
    picture = parties[B].source.picture
    assert picture is not None
    picture.y[200:210, 100:110] ^= 0x40
    picture.v[50, 300] ^= 0x40
    parties[B].source.renew(0.1)
    changed = draw(composer, scene, parties, 0.1)
    assert sorted(zip(*(map(int, axis) for axis in changed.nonzero()), strict=True)) == [
        (6, 77),
        (12, 46),
        (13, 46),
    ]


SCENES = (
    scene_of(A, B, C, D),
    scene_of(A, B, C, D, active=C),
    Scene(
        (
            ScenePane(A, Rect(0, 0, 0.55, 1)),
            ScenePane(B, Rect(0.5, 0.5, 0.3, 0.3)),
            ScenePane(C, Rect(0.6, 0.6, 0.3, 0.3)),
        ),
        active=A,
    ),
    Scene((), "alone", "Demo"),
)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_every_changed_pixel_is_reported(parties: dict[LegId, Party], seed: int) -> None:
    """A canvas kept up to date is the one drawn anew, and differs from before only where it says."""
    random, composer, scene, now_s = Random(seed), Composer(Size(640, 360)), SCENES[0], 0.0
    everybody = dict(parties)
    for _ in range(25):
        before = composer.canvas.y.copy()
        who = random.choice(list(everybody))
        happening = random.randrange(6)
        if happening == 0:
            scene = random.choice(SCENES)
        elif happening == 1:
            everybody[who].label = random.choice(("Ann", "Somebody else", "", "Ω"))
        elif happening == 2:
            now_s += random.choice((0.1, 1.0, 3.0))
        elif happening == 3 and parties.pop(who, None) is None:
            parties[who] = everybody[who]
        else:
            _show(everybody[who].source, random.randrange(50), now_s)
        changed = draw(composer, scene, parties, now_s)
        pixels = np.kron(changed, np.ones((16, 16), np.bool_))[:360, :640]
        before[pixels] = composer.canvas.y[pixels]
        assert (before == composer.canvas.y).all()
        anew = Composer(Size(640, 360))
        draw(anew, scene, parties, now_s)
        assert (anew.canvas.y == composer.canvas.y).all()
        assert (anew.canvas.u == composer.canvas.u).all()


def test_frozen_pane_is_dimmed_then_a_card(parties: dict[LegId, Party]) -> None:
    composer, scene = Composer(Size(1280, 720)), scene_of(A, B)
    draw(composer, scene, parties, 0.0)
    bright = float(composer.canvas.y[:360, :640].mean())
    assert draw(composer, scene, parties, 1.5).any()
    assert float(composer.canvas.y[:360, :640].mean()) < 0.7 * bright
    assert read_identity(composer.canvas, (0, 0, 640, 360)) is not None
    assert draw(composer, scene, parties, 5.5).any()
    assert read_identity(composer.canvas, (0, 0, 640, 360)) is None


def test_active_speaker_has_a_frame_and_loses_it(parties: dict[LegId, Party]) -> None:
    composer = Composer(Size(1280, 720))
    draw(composer, scene_of(A, B, active=A), parties, 0.0)
    assert (composer.canvas.y[0:4, 0:640] == 170).all()
    assert (composer.canvas.y[0:2, 640:] == 16).all()
    composer.canvas.y[600, 600] = 99
    draw(composer, scene_of(A, B, active=B), parties, 0.0)
    assert (composer.canvas.y[0:2, 0:640] == 16).all()
    assert (composer.canvas.y[0:4, 640:] == 170).all()
    assert composer.canvas.y[600, 600] == 99


def test_full_canvas_has_neither_frame_nor_line(parties: dict[LegId, Party]) -> None:
    composer = Composer(Size(640, 360))
    draw(composer, Scene((ScenePane(A, Rect(0, 0, 1, 1)),), active=A), parties, 0.0)
    assert composer.canvas.y[0, 0] == 70


def test_label_is_drawn_and_follows_the_name(parties: dict[LegId, Party]) -> None:
    composer, scene = Composer(Size(1280, 720)), scene_of(A, B)
    draw(composer, scene, parties, 0.0)
    corner = composer.canvas.y[320:352, 8:80].copy()
    assert corner.max() > 220
    parties[A].label = "Anybody else"
    assert draw(composer, scene, parties, 0.0).any()
    assert (composer.canvas.y[320:352, 8:80] != corner).any()


def test_lone_participant_sees_the_welcome_picture(parties: dict[LegId, Party]) -> None:
    composer = Composer(Size(640, 360))
    assert draw(composer, Scene((), "You are the only participant", "Demo"), parties, 0.0).any()
    assert composer.canvas.y.max() > 200
    assert not draw(composer, Scene((), "You are the only participant", "Demo"), parties, 9.0).any()
    assert draw(composer, scene_of(A), parties, 9.0).any()


def test_overlapping_panes_keep_their_order(parties: dict[LegId, Party]) -> None:
    composer = Composer(Size(1280, 720))
    scene = Scene((ScenePane(A, Rect(0, 0, 1, 1)), ScenePane(B, Rect(0.5, 0.5, 0.5, 0.5))))
    draw(composer, scene, parties, 0.0)
    _show(parties[A].source, 1)
    draw(composer, scene, parties, 0.1)
    identity = read_identity(composer.canvas, (640, 360, 640, 360))
    assert identity is not None
    assert identity.source == 2


def test_whoever_left_and_slivers_are_passed_over(parties: dict[LegId, Party]) -> None:
    composer = Composer(Size(160, 90))
    scene = Scene((ScenePane(LegId("gone"), Rect(0, 0, 1, 1)), ScenePane(A, Rect(0, 0, 0.001, 1))))
    draw(composer, scene, parties, 0.0)
    assert (np.unique(composer.canvas.y) == [20]).all()


@pytest.mark.parametrize("name", ["", "\0\n\x1b[1m", "Ωmega Ж", "x" * 5000, "名前", "a@b"])
@pytest.mark.parametrize("size", [(160, 90), (1280, 720)])
def test_any_name_can_be_drawn(name: str, size: tuple[int, int]) -> None:
    party = {A: _party(name), B: _party(name, 1)}
    draw(Composer(Size(*size)), scene_of(A, B, columns=5), party, 0.0)
    draw(Composer(Size(*size)), Scene((), name, name), party, 0.0)
