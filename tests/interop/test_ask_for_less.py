"""Who is only shown small is asked to send less, and does; with one other he is shown large, and sends it again."""

import time
from pathlib import Path

import pytest

from tests.interop.bridge import Bridge, Dialler, running_bridge

pytestmark = pytest.mark.interop

_SMALL_FROM_S = 20


def _wait_until(bridge: Bridge, asked_bps: int, width_px: int) -> None:
    """Until the bridge has asked all legs for this rate and gets pictures so wide. Raises AssertionError."""
    deadline = time.monotonic() + _SMALL_FROM_S
    while True:
        legs = bridge.legs()
        asked = {leg.get("video_in_asked_bps") for leg in legs}
        if legs and asked == {asked_bps} and all(leg.get("video_in_width") == width_px for leg in legs):
            return
        assert time.monotonic() < deadline, f"asked {asked}, not {asked_bps}: {legs}"
        time.sleep(0.2)


def test_five_send_less_and_the_two_who_stay_a_large_picture_again(tmp_path: Path) -> None:
    with running_bridge(tmp_path) as bridge:

        def dial(number: int, seconds: int) -> Dialler:
            source = ("--video", f"pattern:{number}", "--size", "640x360", "--fps", "15")
            return Dialler(bridge.uri(), *source, "--seconds", str(seconds))

        leaving = [dial(number, 12) for number in (1, 2, 3)]
        staying = [dial(number, 30) for number in (4, 5)]
        bridge.wait_for_legs(5)
        _wait_until(bridge, 256_000, 480)
        for dialler in leaving:
            video = dialler.report()["video"]
            assert (video["sent_width"], video["sent_height"], video["asked_bps"]) == (480, 270, 256_000)
        bridge.wait_for_legs(2)
        _wait_until(bridge, 700_000, 640)
        for dialler in staying:
            video = dialler.report()["video"]
            assert (video["sent_width"], video["asked_bps"], video["freezes"]) == (640, 700_000, 0)
