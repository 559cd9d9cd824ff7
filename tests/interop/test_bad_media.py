"""Peers that send what they should not: counted, logged once with their address, and nobody else is disturbed.

Two well-behaved endpoints are in a call all the while; every test brings a bad one. The last test asks the good
ones what they heard and saw.
"""

import base64
import re
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cms_media.codecs.table import Codec
from tests.interop.bad_caller import (
    TICK_S,
    UNHEARD_OF,
    VIDEO,
    BadCaller,
    EngineCaller,
    garbage,
    rtp,
    tone_pcmu,
)
from tests.interop.bridge import Bridge, Dialler, running_bridge
from tests.interop.raw_caller import RawCaller

pytestmark = pytest.mark.interop

LONGEST_S = 110
SETTLE_S = 3
PATIENCE_S = 15.0
LISTENER, TALKER = "listener", "talker"
WELL_SPOKEN = 10
"""Packets that every bad caller sends as it should; the first may come before the worker knows of it."""
TALKER_HZ, STRANGER_HZ = 700, 2500
SUITE = "AES_CM_128_HMAC_SHA1_80"
FAULTS = (
    "malformed_rtp",
    "malformed_rtcp",
    "malformed_payload",
    "unknown_payload_type",
    "srtp_failure",
    "stranger",
)
LONGEST_GAP_MS, LONGEST_FREEZE_MS = 100, 1000
"""A machine that is busy with other things may do this; 0 and 0 is what one that is not shows."""
Values = dict[str, Any]


class Meeting:
    """A bridge with two good endpoints in it, whose settling time is over."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self._talker = good(bridge, TALKER, TALKER_HZ)
        bridge.wait_for_legs(1)
        self._listener = good(bridge, LISTENER, 1300)
        bridge.wait_for_legs(2)
        self._report: Values = {}
        time.sleep(SETTLE_S)

    def leg(self, name: str) -> Values:
        """The status of one leg."""
        return next((leg for leg in self.bridge.legs() if leg["name"] == name), {})

    def wait(self, name: str, wanted: Callable[[Values], bool]) -> Values:
        """Until the status of a leg is as wanted. Raises AssertionError."""
        deadline = time.monotonic() + PATIENCE_S
        while not wanted(leg := self.leg(name)):
            assert time.monotonic() < deadline, leg
            time.sleep(0.2)
        return leg

    def faults(self, name: str) -> dict[str, list[str]]:
        """Addresses of the peer by fault, as the bridge logged them for the leg."""
        leg = self.leg(name)["id"]
        found = re.findall(rf"event=(\w+) leg={leg} peer=(\S+)", self.bridge.log())
        return {fault: [peer for name, peer in found if name == fault] for fault in FAULTS}

    def end(self) -> Values:
        """Sends the two home and gives the listener's report; it goes first, so that it hears nobody leave."""
        if not self._report:
            self.bridge.command("hang-up", self.leg(LISTENER)["id"])
            self._report = self._listener.report()
            self.bridge.command("hang-up", self.leg(TALKER)["id"])
            self._talker.report()
        return self._report


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    with running_bridge(tmp_path_factory.mktemp("bad_media")) as bridge:
        meeting = Meeting(bridge)
        yield meeting
        meeting.end()


def good(bridge: Bridge, name: str, frequency_hz: int) -> Dialler:
    """Somebody who behaves."""
    length = ("--seconds", str(LONGEST_S), "--settle", str(SETTLE_S))
    size = ("--size", "320x180", "--receive-size", "640x360")
    media = ("--audio", f"tone:{frequency_hz}", "--video", "pattern:1", "--codec", "opus,h264")
    return Dialler(bridge.uri(), "--name", name, *length, *media, *size)


def test_garbage(meeting: Meeting) -> None:
    with BadCaller(meeting.bridge, "garbage") as bad:
        for datagram in garbage(200, seed=1):
            bad.send(datagram)
            bad.send_rtcp(datagram)
        bad.talk(WELL_SPOKEN)
        leg = meeting.wait("garbage", lambda leg: leg.get("audio_packets_received", 0) >= WELL_SPOKEN - 2)
        faults = meeting.faults("garbage")
    assert leg["audio_malformed"] > 50
    assert leg["audio_unknown_payload_type"] > 5
    assert all(len(peers) <= 1 for peers in faults.values()), faults
    assert faults["malformed_rtp"] == [bad.address]


MALFORMED_RTP = (
    b"\x80\x00",
    b"\x8f\x00" + bytes(14),  # fifteen contributing sources, and no room for them
    b"\x90\x00" + bytes(10) + b"\xbe\xde\xff\xff" + bytes(8),  # an extension longer than the packet
    b"\xa0\x00" + bytes(10) + bytes(20) + b"\xff",  # more padding than there is packet
)
MALFORMED_RTCP = (
    b"\x80\xc8\x00\x06" + bytes(3),  # a sender report that is cut off
    b"\x80\xc9\x00\xff" + bytes(4),  # longer than the datagram
    b"\x9f\xc9\x00\x01" + bytes(4),  # thirty-one report blocks in no bytes
    b"\x80\xc9\x00\x01"
    + bytes(4)
    + b"\x81\xca\x00\x02"
    + bytes(4)
    + b"\x01\xff\x41\x41",  # SDES beyond its end
)


def test_malformed_rtp_and_rtcp(meeting: Meeting) -> None:
    with BadCaller(meeting.bridge, "malformed") as bad:
        bad.talk(WELL_SPOKEN)
        for _ in range(5):
            for packet in MALFORMED_RTP:
                bad.send(packet)
            for packet in MALFORMED_RTCP:
                bad.send_rtcp(packet)
        count = 5 * (len(MALFORMED_RTP) + len(MALFORMED_RTCP))
        meeting.wait("malformed", lambda leg: leg.get("audio_malformed", 0) == count)
        faults = meeting.faults("malformed")
    assert faults["malformed_rtp"] == [bad.address]
    assert faults["malformed_rtcp"] == [f"127.0.0.1:{bad.port + 1}"]


MALFORMED_PAYLOADS = {
    Codec.H264: (
        b"\x7c",  # FU-A without its header (RFC 6184 section 5.8)
        b"\x78\xff\xff\x65\x00",  # STAP-A with a unit longer than the packet (5.7.1)
        b"\x7e\x00",  # a type that RFC 6184 leaves undefined
    ),
    Codec.VP8: (
        b"\x80",  # a descriptor that ends in its extension (RFC 7741 section 4.2)
        b"\x90\x80",  # and in its picture id
    ),
}


@pytest.mark.parametrize("codec", MALFORMED_PAYLOADS)
def test_malformed_payload(meeting: Meeting, codec: Codec) -> None:
    name = f"payload{codec}"
    with BadCaller(meeting.bridge, name, codec) as bad:
        meeting.wait(name, lambda leg: "video_malformed" in leg)
        for number in range(30):
            for payload in MALFORMED_PAYLOADS[codec]:
                bad.send(rtp(number, payload, payload_type=VIDEO))
        meeting.wait(name, lambda leg: leg["video_malformed"] >= 20)
        assert meeting.faults(name)["malformed_payload"] == [bad.address]


def test_payload_type_never_negotiated(meeting: Meeting) -> None:
    with BadCaller(meeting.bridge, "unheard") as bad:
        bad.talk(WELL_SPOKEN)
        for number in range(30):
            bad.send(rtp(100 + number, bytes(160), payload_type=UNHEARD_OF))
        leg = meeting.wait("unheard", lambda leg: leg.get("audio_unknown_payload_type", 0) == 30)
        assert leg["audio_packets_received"] <= WELL_SPOKEN
        assert meeting.faults("unheard")["unknown_payload_type"] == [bad.address]


def test_rtp_from_a_stranger(meeting: Meeting) -> None:
    """Whoever guesses the port of somebody else is not heard, however well it speaks."""
    with (
        BadCaller(meeting.bridge, "victim") as victim,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger,
    ):
        victim.talk(WELL_SPOKEN)
        stranger.bind(("127.0.0.1", 0))
        for number in range(50):
            payload = tone_pcmu(number, STRANGER_HZ)
            stranger.sendto(rtp(20 + number, payload), ("127.0.0.1", victim.bridge_port))
            time.sleep(TICK_S)
        leg = meeting.wait("victim", lambda leg: leg.get("audio_strangers", 0) == 50)
        assert leg["audio_packets_received"] <= WELL_SPOKEN
        host, port = stranger.getsockname()
        assert meeting.faults("victim")["stranger"] == [f"{host}:{port}"]


def test_srtp_with_a_wrong_key(meeting: Meeting) -> None:
    key, wrong = bytes(range(30)), bytes(range(1, 31))
    with EngineCaller(meeting.bridge, "wrongkey") as bad:
        inline = base64.b64encode(key).decode()
        port = bad.call_with_audio(f"a=crypto:1 {SUITE} inline:{inline}")
        bad.speak(port, (SUITE, wrong))
        leg = meeting.wait("wrongkey", lambda leg: leg.get("audio_srtp_failures", 0) > 50)
        assert leg["audio_packets_received"] == 0
        assert leg["encrypted"]
        assert meeting.faults("wrongkey")["srtp_failure"] == [bad.address]
        bad.speak(port, (SUITE, key))
        meeting.wait("wrongkey", lambda leg: leg["audio_packets_received"] > 20)


@pytest.mark.parametrize("codec", [Codec.H264, Codec.VP8])
def test_sizes_that_change_within_a_stream(meeting: Meeting, codec: Codec) -> None:
    with EngineCaller(meeting.bridge, f"resizer{codec}") as caller:
        camera = caller.show(caller.call_with_video(codec), codec)
        camera.start()
        try:
            for size in ((640, 360), (320, 180), (176, 144), (1280, 720)):
                camera.size = size
                leg = meeting.wait(f"resizer{codec}", lambda leg, size=size: picture_size(leg) == size)
                assert leg["video_in_errors"] == 0
                assert leg["video_malformed"] == 0
        finally:
            camera.stop()


def picture_size(leg: Values) -> tuple[int, int]:
    return leg.get("video_in_width", 0), leg.get("video_in_height", 0)


def test_nobody_was_disturbed(meeting: Meeting) -> None:
    report = meeting.end()
    audio, video = report["audio"], report["video"]
    assert audio["lost"] == 0
    assert audio["longest_gap_ms"] < LONGEST_GAP_MS, report
    assert any(abs(hz - TALKER_HZ) <= 3 for hz in audio["tones_hz"]), report
    assert not any(abs(hz - STRANGER_HZ) <= 20 for hz in audio["tones_hz"]), report
    assert video["lost"] == 0
    assert video["longest_freeze_ms"] < LONGEST_FREEZE_MS, report
    assert "Traceback" not in meeting.bridge.log()


def test_endpoints_that_vanish(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Killed, or never a word: found out by silence, and everything of theirs is free again."""
    with running_bridge(tmp_path_factory.mktemp("vanish"), "silence_timeout_s = 2") as bridge:
        meeting = Meeting(bridge)
        killed = good(bridge, "killed", 1900)
        bridge.wait_for_legs(3)
        mute = RawCaller(bridge, "mute")
        (port,) = mute.invite("m=audio 9 RTP/AVP 0").ports
        vanished = [meeting.leg("killed"), meeting.leg("mute")]
        killed.kill()
        bridge.wait_for_legs(2, PATIENCE_S)

        assert bridge.status()["conference"]["media_timeouts"] == 2
        for leg in vanished:
            told = [line for line in bridge.log().splitlines() if leg["id"] in line and "vanished" in line]
            assert len(told) == 1, told
            assert f"peer={leg['peer']}" in told[0]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", port))
        wait_for_streams(bridge, 4)

        report = meeting.end()
        mute.close()
        bridge.wait_for_legs(0)
        wait_for_streams(bridge, 0)
        assert bridge.status()["calls"] == []
    assert report["audio"]["lost"] == 0
    assert report["audio"]["longest_gap_ms"] < LONGEST_GAP_MS, report


def wait_for_streams(bridge: Bridge, count: int) -> None:
    """Of all workers: a room is where there is least to do. They tell of their load once a second."""
    deadline = time.monotonic() + PATIENCE_S
    while (streams := sum(worker.get("engine_streams", 0) for worker in bridge.status()["workers"])) != count:
        assert time.monotonic() < deadline, streams
        time.sleep(0.2)
