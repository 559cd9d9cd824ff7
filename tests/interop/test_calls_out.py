"""The bridge calls out, and what those meet who join: somebody there already, five at once, or nobody."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cms_media.codecs.audio_file import read_audio
from cms_media.codecs.pattern import read_identity
from cms_media.codecs.tones import SAMPLE_RATE_HZ
from tests.interop.baresip import Baresip, BaresipOptions, running
from tests.interop.bridge import Bridge, Dialler, running_bridge
from tests.interop.clips import wait_until_seen, wav_tones, write_clip
from tests.interop.pictures import load_png
from tests.interop.raw_caller import RawCaller

pytestmark = pytest.mark.interop

CLIP_SOURCE, OUR_SOURCE = 42, 7
BARESIP_HZ, OUR_HZ = 700, 1100
DIGITS = "5"
JOINERS = 5
KEY_FRAME_PAUSE_S = 0.5
"""At most one key frame in this time, however many ask."""
FIRST_PICTURE_MS = 1000
PROMPT_HZ = (523.25, 392.0)
"""The two notes that say that nobody else is there."""


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    with running_bridge(tmp_path_factory.mktemp("bridge")) as running_one:
        yield running_one


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "pattern.mp4", CLIP_SOURCE)


@pytest.mark.parametrize("codec", ["h264", "vp8"])
def test_call_to_baresip(bridge: Bridge, clip: Path, tmp_path: Path, codec: str) -> None:
    """Both hear and see the other, and keys pressed over there are told (RFC 4733)."""
    options = BaresipOptions(
        tmp_path / "peer", clip=clip, video_codec=codec, tone_hz=BARESIP_HZ, answers=True
    )
    with running(options) as peer:
        dialler = Dialler(
            bridge.uri(),
            *("--audio", f"tone:{OUR_HZ}", "--video", f"pattern:{OUR_SOURCE}", "--codec", f"opus,{codec}"),
            *("--seconds", "7", "--settle", "4", "--linger", "2", "--snapshot", str(tmp_path / "ours.png")),
        )
        bridge.wait_for_legs(1)
        leg = bridge.command("call", peer.uri, "--space", "demo")
        peer.wait_for("Call established")
        wait_until_seen(peer, OUR_SOURCE, tmp_path / "theirs.png")
        press_keys(bridge, peer, leg)
        report = dialler.report()
        bridge.command("hang-up", leg)
    bridge.wait_for_legs(0)

    assert any(abs(hz - BARESIP_HZ) <= 3 for hz in report["audio"]["tones_hz"]), report
    seen = read_identity(load_png(tmp_path / "ours.png"))
    assert seen is not None, "the picture of baresip is not in what we see"
    assert seen.source == CLIP_SOURCE
    assert any(abs(hz - OUR_HZ) <= 3 for hz in wav_tones(peer.heard())), peer.log()


def press_keys(bridge: Bridge, peer: Baresip, leg: str) -> None:
    """Once, and waits until the bridge has heard it."""
    peer.command("sndcode", DIGITS)
    deadline = time.monotonic() + 10
    while [each["digits"] for each in bridge.legs() if each["id"] == leg] != [DIGITS]:
        assert time.monotonic() < deadline, bridge.legs()
        time.sleep(0.1)


def test_call_that_is_refused(bridge: Bridge) -> None:
    """Nobody is there: the leg is gone again, and so is the call."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound but not listening: refused at once
        bridge.command(
            "call", f"sip:bob@127.0.0.1:{nobody.getsockname()[1]};transport=tcp", "--space", "demo"
        )
        bridge.wait_for_legs(0)
    assert bridge.status()["calls"] == []
    assert "outgoing peer=sip:bob@" in bridge.log()


def test_late_joiner_sees_a_picture_within_a_second(bridge: Bridge, tmp_path: Path) -> None:
    host = talker(bridge, "demo", "--seconds", "30")
    bridge.wait_for_legs(1)
    time.sleep(2)  # the first key frames are long gone
    late = talker(bridge, "demo", "--seconds", "4", "--snapshot", str(tmp_path / "late.png"))
    video = late.report()["video"]
    for leg in bridge.legs():
        bridge.command("hang-up", leg["id"])
    host.report()

    assert 0 < video["first_picture_ms"] < FIRST_PICTURE_MS, video
    assert video["key_frames"] >= 1
    seen = read_identity(load_png(tmp_path / "late.png"))
    assert seen is not None
    assert seen.source == OUR_SOURCE


def test_five_who_join_at_once_share_few_key_frames(bridge: Bridge) -> None:
    """In speaker view they share one encode: each gets a key frame, but not each its own."""
    speaker = talker(bridge, "speaker", "--seconds", "60")
    bridge.wait_for_legs(1)
    watcher = RawCaller(bridge, "watcher", "speaker")
    watcher.invite(*watching(9))
    wait_for_picture(bridge, "watcher")
    before = key_frames(bridge)

    ears = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(JOINERS)]
    joiners = [RawCaller(bridge, f"joiner{number}", "speaker") for number in range(JOINERS)]
    began_s = time.monotonic()
    for ear, joiner in zip(ears, joiners, strict=True):
        ear.bind(("127.0.0.1", 0))
        joiner.invite(*watching(ear.getsockname()[1]))
    for ear in ears:
        assert key_frame_comes(ear)
    took_s = time.monotonic() - began_s
    time.sleep(1.5)  # until what they ask for has been counted
    wait_until_shared(bridge, 2)  # the talker's, and that of all who see him
    sent, asked = (after - earlier for after, earlier in zip(key_frames(bridge), before, strict=True))

    for caller in (*joiners, watcher):
        caller.bye()
        caller.close()
    for ear in ears:
        ear.close()
    bridge.wait_for_legs(1)
    bridge.command("hang-up", bridge.legs()[0]["id"])
    speaker.report()
    assert 1 <= sent <= 2 + took_s / KEY_FRAME_PAUSE_S, (sent, took_s)
    assert asked <= 2 + took_s / KEY_FRAME_PAUSE_S, (asked, took_s)


def talker(bridge: Bridge, space: str, *arguments: str) -> Dialler:
    """Somebody to see and hear."""
    media = ("--audio", f"tone:{OUR_HZ}", "--video", f"pattern:{OUR_SOURCE}", "--codec", "opus,h264")
    return Dialler(bridge.uri(space), "--name", "talker", *media, *arguments)


def watching(port: int) -> list[str]:
    """SDP of who sends nothing."""
    profile = "profile-level-id=42e01f;packetization-mode=1"
    return [
        f"m=video {port} RTP/AVP 97",
        "a=rtpmap:97 H264/90000",
        f"a=fmtp:97 {profile}",
        "a=rtcp-mux",
        "a=recvonly",
    ]


def wait_for_picture(bridge: Bridge, name: str) -> None:
    """Until the view of a leg has begun to be encoded."""
    deadline = time.monotonic() + 10
    while not [leg for leg in bridge.legs() if leg["name"] == name and leg.get("video_out_key_frames", 0)]:
        assert time.monotonic() < deadline, bridge.legs()
        time.sleep(0.2)


def encoded_views(bridge: Bridge) -> int:
    """Of all workers; what one of them passes on of another's counts once."""
    return sum(worker["views"] - worker["views_relayed"] for worker in bridge.status()["workers"])


def wait_until_shared(bridge: Bridge, views: int) -> None:
    """Until all workers together encode no more than so many: who joins on another worker shares a moment later."""
    deadline = time.monotonic() + 5
    while encoded_views(bridge) != views:
        assert time.monotonic() < deadline, bridge.status()["workers"]
        time.sleep(0.2)


def key_frames(bridge: Bridge) -> tuple[int, int]:
    """Of the watcher's view: key frames that were encoded; of the talker: how often it was asked for one."""
    legs = {leg["name"]: leg for leg in bridge.legs()}
    return legs["watcher"]["video_out_key_frames"], legs["talker"]["video_key_frames_requested"]


def key_frame_comes(ear: socket.socket) -> bool:
    """Whether a sequence parameter set or an IDR slice comes soon (RFC 6184 section 5.2)."""
    ear.settimeout(5)
    for _ in range(500):
        payload = ear.recv(2048)[12:]
        kind = payload[0] & 0x1F
        inner = payload[3] & 0x1F if kind == 24 else payload[1] & 0x1F if kind == 28 else kind
        if inner in (5, 7):
            return True
    return False


def test_lone_participant_is_told(bridge: Bridge, tmp_path: Path) -> None:
    """A picture with words on it, and two falling notes every five seconds."""
    recording, snapshot = tmp_path / "alone.mkv", tmp_path / "alone.png"
    files = ("--record", str(recording), "--snapshot", str(snapshot))
    report = talker(bridge, "demo", "--seconds", "6", *files).report()

    luma = np.asarray(load_png(snapshot).y)
    assert luma.std() > 5, "an empty picture"
    assert read_identity(load_png(snapshot)) is None, "one's own picture"
    assert report["video"]["frames"] > 5
    samples = read_audio(recording).astype(np.float64)
    for frequency_hz in PROMPT_HZ:
        heard = levels_dbov(samples, frequency_hz)
        assert heard.max() > -45, (frequency_hz, heard.max())
        assert np.median(heard) < -60, "most of the time there is silence"
    assert levels_dbov(samples, OUR_HZ).max() < -60, "one's own voice"


def levels_dbov(samples: np.ndarray, frequency_hz: float) -> np.ndarray:
    """RMS level of a tone in every fifth of a second."""
    window = SAMPLE_RATE_HZ // 5
    blocks = samples[: samples.size // window * window].reshape(-1, window)
    turned = blocks * np.exp(-2j * np.pi * frequency_hz * np.arange(window) / SAMPLE_RATE_HZ)
    amplitudes = np.abs((turned * np.hanning(window)).sum(axis=1)) / np.hanning(window).sum() * 2
    return 20 * np.log10(amplitudes / np.sqrt(2) / 32768 + 1e-6)
