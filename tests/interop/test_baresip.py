"""baresip in a space with one of our endpoints: both hear and see the other, over every transport and both codecs."""

import re
from pathlib import Path

import pytest

from cms_media.codecs.pattern import read_identity
from tests.interop.baresip import Baresip, BaresipOptions, running
from tests.interop.bridge import Bridge, Dialler, running_bridge
from tests.interop.clips import wait_until_seen, wav_tones, write_clip
from tests.interop.pictures import load_png

pytestmark = pytest.mark.interop

CLIP_SOURCE, OUR_SOURCE = 42, 7
BARESIP_HZ, OUR_HZ = 700, 1100
SECONDS = 7


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory):
    with running_bridge(tmp_path_factory.mktemp("bridge")) as running_one:
        yield running_one


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Test picture 42 as a file that baresip plays."""
    return write_clip(tmp_path_factory.mktemp("clip") / "pattern.mp4", CLIP_SOURCE)


def call(bridge: Bridge, peer: Baresip, transport: str, codec: str, folder: Path) -> tuple[dict, list[dict]]:
    """Both join and talk: our endpoint's report, and the status of the legs."""
    dialler = Dialler(
        bridge.uri(),
        *("--audio", f"tone:{OUR_HZ}", "--video", f"pattern:{OUR_SOURCE}", "--codec", f"opus,{codec}"),
        *(
            "--seconds",
            str(SECONDS),
            "--settle",
            "4",
            "--linger",
            "2",
            "--snapshot",
            str(folder / "ours.png"),
        ),
    )
    bridge.wait_for_legs(1)
    peer.command("dial", bridge.uri(transport=transport))
    peer.wait_for("Call established")
    bridge.wait_for_legs(2)
    wait_until_seen(peer, OUR_SOURCE, folder / "theirs.png")
    legs = bridge.legs()
    return dialler.report(), legs


@pytest.mark.parametrize("codec", ["h264", "vp8"])
@pytest.mark.parametrize(("transport", "encryption"), [("udp", ""), ("tcp", ""), ("tls", "srtp-mand")])
def test_audio_and_video(
    bridge: Bridge, clip: Path, tmp_path: Path, transport: str, encryption: str, codec: str
) -> None:
    options = BaresipOptions(
        tmp_path / "peer",
        clip=clip,
        video_codec=codec,
        transport=transport,
        media_encryption=encryption,
        tone_hz=BARESIP_HZ,
        ca_file=bridge.folder / "data" / "sip_certificate.pem" if transport == "tls" else None,
    )
    with running(options) as peer:
        report, legs = call(bridge, peer, transport, codec, tmp_path)
    bridge.wait_for_legs(0)

    assert any(abs(hz - BARESIP_HZ) <= 3 for hz in report["audio"]["tones_hz"]), report
    assert report["video"]["frames"] > 60, report
    seen = read_identity(load_png(tmp_path / "ours.png"))
    assert seen is not None, "the picture of baresip is not in what we see"
    assert seen.source == CLIP_SOURCE
    assert any(abs(hz - OUR_HZ) <= 3 for hz in wav_tones(peer.heard())), peer.log()
    # baresip's first and last RTCP packets of an SRTP call are in the clear, which is its fault and so counted.
    ids = "|".join(leg["id"] for leg in legs)
    faults = set(re.findall(rf"event=(\w+) leg=(?:{ids})", bridge.log()))
    assert faults <= ({"malformed_rtcp", "srtp_failure"} if encryption else set())
