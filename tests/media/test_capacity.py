"""Load units by table, and the sum over the bridge."""

import pytest

from cms_media.base.types import LegId, MediaKind
from cms_media.media.capacity import Capacity, leg_units, video_units
from cms_media.sdp.plan import StreamPlan, VideoLimits
from tests.media.plans import audio_plan, video_plan

A, B = LegId("a"), LegId("b")
AUDIO, BOTH = (MediaKind.AUDIO,), (MediaKind.AUDIO, MediaKind.VIDEO)


def picture(width_px: int, height_px: int, fps: int) -> VideoLimits:
    macroblocks = -(-width_px // 16) * -(-height_px // 16)
    return VideoLimits(macroblocks, macroblocks * fps, 2_000_000)


@pytest.mark.parametrize(
    ("width_px", "height_px", "fps", "units"),
    [
        (176, 144, 15, 500),
        (640, 360, 30, 500),
        (864, 480, 30, 500),
        (1280, 720, 30, 1000),
        (1920, 1080, 30, 2000),
        (1280, 720, 60, 2000),
        (1920, 1080, 60, 4000),
    ],
)
def test_units_of_a_picture(width_px: int, height_px: int, fps: int, units: int) -> None:
    assert video_units(picture(width_px, height_px, fps)) == units


@pytest.mark.parametrize(
    ("streams", "units"),
    [
        ((), 0),
        ((audio_plan(),), 77),
        ((audio_plan(), video_plan()), 1000),
        ((audio_plan(), video_plan(sending=False, receiving=False)), 1000),
        ((audio_plan(), video_plan(limits=picture(640, 360, 30))), 500),
        ((audio_plan(), video_plan(), video_plan(2, content="slides")), 1000),
    ],
)
def test_units_of_a_leg(streams: tuple[StreamPlan, ...], units: int) -> None:
    assert leg_units(streams) == units


def test_a_leg_counts_as_the_largest_until_it_is_known() -> None:
    capacity = Capacity(3000, picture(1920, 1080, 30))
    capacity.expect(A, BOTH)
    assert capacity.load_units == 2000
    assert not capacity.has_room(BOTH)
    assert capacity.has_room(AUDIO)
    capacity.agree(A, (audio_plan(), video_plan()))
    assert capacity.load_units == 1000
    assert capacity.has_room(BOTH)


def test_the_limit_itself_is_room_enough() -> None:
    capacity = Capacity(154)
    capacity.expect(A, AUDIO)
    assert capacity.has_room(AUDIO)
    capacity.expect(B, AUDIO)
    assert not capacity.has_room(AUDIO)
    assert capacity.snapshot() == {"media_processing_load": 154, "limit": 154, "percent": 100.0}


def test_a_leg_that_grows_is_counted_beyond_the_limit_and_gives_back_all() -> None:
    capacity = Capacity(100)
    capacity.expect(A, AUDIO)
    capacity.expect(A, (MediaKind.VIDEO,))
    capacity.agree(A, (audio_plan(), video_plan()))
    assert capacity.snapshot()["percent"] == 1000.0
    capacity.release(A)
    capacity.release(A)
    assert capacity.load_units == 0


def test_what_nobody_expects_is_not_counted() -> None:
    capacity = Capacity(100)
    capacity.agree(A, (audio_plan(),))
    assert capacity.load_units == 0
