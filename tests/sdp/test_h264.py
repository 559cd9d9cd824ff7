"""Profiles and levels of H.264 in SDP."""

import pytest

from cms_media.sdp.h264 import (
    LEVELS,
    Profile,
    ProfileLevel,
    level_for,
    level_within,
    lower,
    own_parameters,
    peer_limits,
)
from cms_media.sdp.plan import VideoLimits

LEVEL = {level.idc: level for level in LEVELS}


@pytest.mark.parametrize(
    ("text", "profile", "level_idc"),
    [
        (None, Profile.BASELINE, 10),
        ("", Profile.BASELINE, 10),
        ("42e01f", Profile.CONSTRAINED_BASELINE, 31),
        ("42E01F", Profile.CONSTRAINED_BASELINE, 31),
        ("42c00d", Profile.CONSTRAINED_BASELINE, 13),
        ("42800d", Profile.BASELINE, 13),
        ("42001e", Profile.BASELINE, 30),
        ("42f00b", Profile.CONSTRAINED_BASELINE, 9),
        ("42e00b", Profile.CONSTRAINED_BASELINE, 11),
        ("4d001f", Profile.MAIN, 31),
        ("4d801f", Profile.CONSTRAINED_BASELINE, 31),
        ("58c01f", Profile.CONSTRAINED_BASELINE, 31),
        ("58a01f", Profile.BASELINE, 31),
        ("640028", Profile.HIGH, 40),
        ("640c1f", Profile.CONSTRAINED_HIGH, 31),
        ("640009", Profile.HIGH, 9),
        ("64100b", Profile.HIGH, 11),
        ("42e0ff", Profile.CONSTRAINED_BASELINE, 52),
        ("42e000", Profile.CONSTRAINED_BASELINE, 10),
        ("42e00a", Profile.CONSTRAINED_BASELINE, 10),
        ("42e021", Profile.CONSTRAINED_BASELINE, 32),
    ],
)
def test_profile_and_level(text: str | None, profile: Profile, level_idc: int) -> None:
    found = ProfileLevel.parse(text)
    assert found is not None
    assert (found.profile, found.level.idc) == (profile, level_idc)


@pytest.mark.parametrize(
    "text", ["58001f", "6e001f", "7a001f", "f4001f", "42e01", "42e01g", "42e01f0", "+2e01f"]
)
def test_what_we_cannot_do(text: str) -> None:
    assert ProfileLevel.parse(text) is None


@pytest.mark.parametrize("text", ["42e01f", "42f00b", "4d001f", "640c1f", "58c01f"])
def test_every_level_survives_being_written(text: str) -> None:
    found = ProfileLevel.parse(text)
    assert found is not None
    for wanted in LEVELS:
        assert ProfileLevel.parse(str(found.at(wanted))) == ProfileLevel(
            found.profile, found.profile_idc, found.at(wanted).value >> 8 & 0xFF, wanted
        )


@pytest.mark.parametrize(
    ("limits", "idc"),
    [
        (VideoLimits(99, 1485, 64_000), 10),
        (VideoLimits(99, 1485, 128_000), 9),
        (VideoLimits(3600, 108_000, 2_000_000), 31),
        (VideoLimits(3600, 216_000, 2_000_000), 32),
        (VideoLimits(8160, 244_800, 6_000_000), 40),
        (VideoLimits(8160, 489_600, 6_000_000), 42),
        (VideoLimits(10**6, 10**9, 10**9), 52),
    ],
)
def test_lowest_covering_level(limits: VideoLimits, idc: int) -> None:
    assert level_for(limits).idc == idc


@pytest.mark.parametrize(
    ("limits", "idc"),
    [
        (VideoLimits(920, 27_600, 700_000), 21),
        (VideoLimits(3600, 108_000, 700_000), 31),
        (VideoLimits(8160, 244_800, 6_000_000), 32),
        (VideoLimits(10, 100, 10_000), 10),
    ],
)
def test_highest_level_within(limits: VideoLimits, idc: int) -> None:
    assert level_within(limits).idc == idc


def test_level_1b_is_above_1() -> None:
    assert lower(LEVEL[9], LEVEL[10]) is LEVEL[10]
    assert lower(LEVEL[9], LEVEL[11]) is LEVEL[9]


@pytest.mark.parametrize(
    ("parameters", "own_idc", "expected"),
    [
        ({}, 31, VideoLimits(1620, 40_500, 10_000_000)),
        ({}, 13, VideoLimits(396, 11_880, 768_000)),
        ({"level-asymmetry-allowed": "1"}, 13, VideoLimits(1620, 40_500, 10_000_000)),
        ({"max-fs": "3600", "max-mbps": "108000"}, 31, VideoLimits(3600, 108_000, 10_000_000)),
        ({"max-fs": "99", "max-br": "1"}, 31, VideoLimits(1620, 40_500, 10_000_000)),
        ({"max-br": "20000"}, 31, VideoLimits(1620, 40_500, 20_000_000)),
        ({"max-fs": "-1", "max-mbps": "x", "max-br": "9" * 30}, 31, VideoLimits(1620, 40_500, 10_000_000)),
    ],
)
def test_what_a_level_3_peer_takes(parameters: dict[str, str], own_idc: int, expected: VideoLimits) -> None:
    peer = ProfileLevel.parse("42e01e")
    assert peer is not None
    assert peer_limits(peer, parameters, LEVEL[own_idc]) == expected


def test_own_parameters_state_what_exceeds_the_level() -> None:
    stated = ProfileLevel.parse("42e00d")
    assert stated is not None
    text = own_parameters(stated, 1, VideoLimits(3600, 108_000, 2_000_000), allow_asymmetry=False)
    assert text == ("profile-level-id=42e00d;packetization-mode=1;max-fs=3600;max-mbps=108000;max-br=2000")
    small = own_parameters(stated, 0, VideoLimits(396, 11_880, 700_000), allow_asymmetry=True)
    assert small == "profile-level-id=42e00d;packetization-mode=0;level-asymmetry-allowed=1"
