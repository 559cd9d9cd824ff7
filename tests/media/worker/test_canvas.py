"""The choice of canvas, frame rate and bit rate."""

from typing import Any

import pytest

from cms_media.codecs.encoder import EncoderFormat, H264Profile
from cms_media.codecs.table import Codec
from cms_media.media.worker.canvas import choose_format
from cms_media.sdp.plan import PayloadFormat, VideoLimits
from tests.media.plans import video_plan


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (VideoLimits(), (1280, 720, 30, 2_000_000)),  # level 3.1
        (VideoLimits(8192, 245_760, 20_000_000), (1280, 720, 30, 2_000_000)),  # level 4
        (VideoLimits(3600, 108_000, 500_000), (960, 540, 30, 400_000)),
        (VideoLimits(1620, 40_500, 10_000_000), (640, 360, 30, 700_000)),  # level 3
        (VideoLimits(1620, 20_250, 4_000_000), (640, 360, 22, 700_000)),  # level 2.2
        (VideoLimits(396, 11_880, 768_000), (320, 180, 30, 256_000)),  # level 1.3
        (VideoLimits(99, 1485, 64_000), (160, 90, 24, 64_000)),  # level 1
        (VideoLimits(10, 10, 1000), (160, 90, 1, 32_000)),
        (VideoLimits(3600, 108_000, 1_999_999), (1280, 720, 30, 1_500_000)),
    ],
)
def test_largest_within_the_limits(limits: VideoLimits, expected: tuple[int, int, int, int]) -> None:
    chosen = choose_format(video_plan(limits=limits))
    assert (chosen.width_px, chosen.height_px, chosen.fps, chosen.bitrate_bps) == expected


def test_sizes_are_even_and_profile_is_the_peers() -> None:
    plan = video_plan(send=PayloadFormat(Codec.H264, 97, 1, 0x640C1F))
    assert choose_format(plan).profile is H264Profile.HIGH


@pytest.mark.parametrize(
    "changes",
    [
        {"send": PayloadFormat(Codec.H264, 99, 1)},
        {"limits": VideoLimits(3700, 110_000, 2_100_000)},
    ],
)
def test_what_does_not_change_the_picture_does_not_split_views(changes: dict[str, Any]) -> None:
    assert choose_format(video_plan(**changes)) == choose_format(video_plan())


def test_slices_are_short_for_a_peer_that_takes_no_nal_unit_in_parts() -> None:
    modes = [choose_format(video_plan(send=PayloadFormat(Codec.H264, 97, mode))) for mode in (0, 1)]
    assert [chosen.short_slices for chosen in modes] == [True, False]


def test_codec_is_what_the_peer_takes() -> None:
    expected = EncoderFormat(Codec.VP8, 1280, 720, 30, 2_000_000)
    assert choose_format(video_plan(send=PayloadFormat(Codec.VP8, 100))) == expected
