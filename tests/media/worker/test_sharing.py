"""Who shares a view with whom."""

from dataclasses import replace

from cms_media.base.types import LegId
from cms_media.codecs.encoder import EncoderFormat
from cms_media.codecs.table import Codec
from cms_media.media.worker.sharing import Shared, ViewId, ViewKey, share
from tests.media.plans import scene_of

A, B, C, D = map(LegId, "abcd")
HD = EncoderFormat(Codec.H264, 1280, 720)
SD = replace(HD, width_px=640, height_px=360)
SEES_A, SEES_B = ViewKey(scene_of(A), HD), ViewKey(scene_of(B), HD)


def test_equal_pictures_are_one_view() -> None:
    wishes = {A: SEES_B, B: SEES_A, C: SEES_A, D: ViewKey(scene_of(A), SD)}
    groups = {(shared.key, shared.legs) for shared in share(wishes, {})}
    assert groups == {
        (SEES_B, frozenset({A})),
        (SEES_A, frozenset({B, C})),
        (ViewKey(scene_of(A), SD), frozenset({D})),
    }


def test_a_scene_that_changes_for_all_keeps_the_view() -> None:
    current = {ViewId(7): (HD, frozenset({B, C, D}))}
    changed = ViewKey(scene_of(A, active=A), HD)
    wishes = dict.fromkeys((B, C, D), changed)
    assert share(wishes, current) == [Shared(changed, frozenset({B, C, D}), ViewId(7))]


def test_speaker_change_moves_only_the_two() -> None:
    """A spoke, now B does: everybody else stays in the view they have."""
    current = {ViewId(1): (HD, frozenset({B, C, D})), ViewId(2): (HD, frozenset({A}))}
    wishes = {A: SEES_B, C: SEES_B, D: SEES_B, B: SEES_A}
    shared = {each.key: each for each in share(wishes, current)}
    assert shared[SEES_B].continues == 1
    assert shared[SEES_B].legs == {A, C, D}
    assert shared[SEES_A].continues is None


def test_another_format_is_another_view() -> None:
    current = {ViewId(1): (HD, frozenset({B}))}
    assert share({B: ViewKey(scene_of(A), SD)}, current)[0].continues is None


def test_nobody_wants_anything() -> None:
    assert share({}, {ViewId(1): (HD, frozenset({B}))}) == []
