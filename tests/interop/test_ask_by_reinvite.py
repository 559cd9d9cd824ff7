"""Who understands no RTCP for it is asked by re-INVITE: for a small picture when he is shown small, and back."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cms_media.codecs.table import Codec
from cms_media.native import Engine
from tests.interop import sipp
from tests.interop.bad_caller import Camera, camera_stream
from tests.interop.baresip import BaresipOptions, running
from tests.interop.bridge import Bridge, Dialler, running_bridge
from tests.interop.clips import wav_tones, write_clip
from tests.interop.sipp import Sipp

pytestmark = pytest.mark.interop

PATIENCE_S = 25.0
"""Shown small for 10 s, and a machine that is busy with other things."""
_PORTS = (62_000, 62_098)


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    with running_bridge(tmp_path_factory.mktemp("bridge"), 'ask_for_less = "reinvite"') as running_one:
        yield running_one


def viewer(bridge: Bridge, receive_size: str, seconds: int) -> Dialler:
    """Sends little and looks at the other in this size."""
    sends = ("--video", "pattern:2", "--size", "320x180", "--fps", "10", "--name", "viewer")
    return Dialler(bridge.uri(), *sends, "--receive-size", receive_size, "--seconds", str(seconds))


def leg_of(bridge: Bridge, name: str) -> dict[str, Any]:
    return next((leg for leg in bridge.legs() if leg["name"].lower() == name), {})


def wait(bridge: Bridge, name: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Until the status of a leg is as wanted. Raises AssertionError."""
    deadline = time.monotonic() + PATIENCE_S
    while not (leg := leg_of(bridge, name)) or not wanted(leg):
        assert time.monotonic() < deadline, leg
        time.sleep(0.2)
    return leg


def is_small(leg: dict[str, Any]) -> bool:
    return bool(leg["asked_for_small"])


def test_our_endpoint_without_feedback_sends_a_small_picture_and_a_large_one_again(bridge: Bridge) -> None:
    sends = ("--video", "pattern:1", "--size", "1280x720", "--fps", "10", "--bitrate", "1500000")
    old = ("--receive-size", "320x180", "--no-feedback", "--name", "old")
    peer = Dialler(bridge.uri(), *sends, *old, "--seconds", "34", "--settle", "3")
    bridge.wait_for_legs(1)
    small = viewer(bridge, "640x360", 16)
    wait(bridge, "old", lambda leg: leg.get("video_in_width") == 1280)
    leg = wait(bridge, "old", lambda leg: leg.get("video_in_width") == 640)
    assert (is_small(leg), leg["asked_by_reinvite"], leg["video_in_asked_bps"]) == (True, 1, 0)
    small.report()
    large = viewer(bridge, "1280x720", 10)
    leg = wait(bridge, "old", lambda leg: leg.get("video_in_width") == 1280)
    assert (is_small(leg), leg["asked_by_reinvite"], leg["refused_by_reinvite"]) == (False, 2, 0)
    seen, report = large.report()["video"], peer.report()
    assert (seen["lost"], report["audio"]["lost"], report["video"]["lost"]) == (0, 0, 0), (seen, report)
    assert report["ended_by"] == "local"
    bridge.wait_for_legs(0)


@contextmanager
def old_room(bridge: Bridge, scenario: str, folder: Path) -> Iterator[Sipp]:
    """A sipp in the call whose pictures an engine of our own sends, in 640x480."""
    engine = Engine(port_min=_PORTS[0], port_max=_PORTS[1])
    engine.start()
    audio, video = (engine.open_transport("127.0.0.1") for _ in range(2))
    keys = {"audio_port": str(audio.rtp_port), "video_port": str(video.rtp_port)}
    target = f"127.0.0.1:{bridge.udp_port}"
    peer = Sipp(scenario, folder, target, "demo", timeout_s=60, keys=keys)
    bridge.wait_for_legs(1)
    answered = peer.messages.partition("SIP/2.0 200 OK")[2]
    engine.set_video(video.id, camera_stream(int(re.findall(r"m=video (\d+)", answered)[0]), Codec.H264))
    camera = Camera(engine, video.id, Codec.H264)
    camera.size = (640, 480)
    camera.start()
    try:
        yield peer
    finally:
        camera.stop()
        engine.stop()


@pytest.fixture
def serve_scenarios(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sipp, "_SCENARIOS", Path(__file__).with_name("sipp_serve"))


@pytest.mark.usefixtures("serve_scenarios")
def test_a_room_system_that_answers(bridge: Bridge, tmp_path: Path) -> None:
    with old_room(bridge, "asked_for_small", tmp_path) as peer:
        small = viewer(bridge, "640x360", 16)
        wait(bridge, "peer", is_small)
        assert small.report()["connected"]
        large = viewer(bridge, "1280x720", 6)
        peer.finish()
    assert large.report()["connected"]
    bridge.wait_for_legs(0)


@pytest.mark.usefixtures("serve_scenarios")
def test_a_room_system_that_refreshes_its_session_stays_small_and_is_not_asked_again(
    bridge: Bridge, tmp_path: Path
) -> None:
    with old_room(bridge, "refreshes_while_small", tmp_path) as peer:
        small = viewer(bridge, "640x360", 20)
        wait(bridge, "peer", is_small)
        refreshed = wait(bridge, "peer", lambda _: "CSeq: 5 ACK" in peer.messages)
        assert (is_small(refreshed), refreshed["out_of_order"]) == (True, 0)
        peer.finish()
    assert peer.messages.count("INVITE sip:peer@") == 1, "its refreshes were the only other offers"
    assert small.report()["connected"]
    bridge.wait_for_legs(0)


@pytest.mark.usefixtures("serve_scenarios")
def test_a_room_system_that_refuses_is_not_asked_again(bridge: Bridge, tmp_path: Path) -> None:
    with old_room(bridge, "refuses_small", tmp_path) as peer:
        small = viewer(bridge, "640x360", 24)
        leg = wait(bridge, "peer", lambda leg: leg["refused_by_reinvite"] == 1)
        assert (is_small(leg), leg["video_live"], leg["video_in_height"]) == (False, True, 480)
        peer.finish()
    assert small.report()["connected"]
    bridge.wait_for_legs(0)


def test_baresip_keeps_picture_and_sound(bridge: Bridge, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "pattern.mp4", 42, 640, 480)
    with running(BaresipOptions(tmp_path / "peer", clip=clip, video_size="640x480")) as peer:
        peer.command("dial", bridge.uri())
        peer.wait_for("Call established")
        bridge.wait_for_legs(1)
        watching = viewer(bridge, "640x360", 20)
        leg = wait(bridge, "alice", is_small)
        assert leg["refused_by_reinvite"] == 0
        units = leg["video_in_units"]
        wait(bridge, "alice", lambda leg: leg["video_in_units"] > units + 30 and leg["video_live"])
        report = watching.report()
    assert report["video"]["lost"] == 0
    assert any(abs(hz - 700) <= 3 for hz in report["audio"]["tones_hz"]), report["audio"]
    assert any(abs(hz - 1000) <= 3 for hz in wav_tones(peer.heard())), peer.log()
    bridge.wait_for_legs(0)
