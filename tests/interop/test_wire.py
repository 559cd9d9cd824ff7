"""What the bridge sends, as tshark sees it: packets well-formed, streams by the book, no secret in the clear.

One meeting is held and captured; each test then looks at the same packets for one thing.
"""

import math
import re
import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest

from tests.interop.baresip import BaresipOptions, running
from tests.interop.bridge import Bridge, Dialler, running_bridge
from tests.interop.raw_caller import RawCaller
from tests.interop.wire import (
    Packet,
    can_capture,
    capturing,
    headers,
    sip_messages,
    vp8_first_partition_ends,
)

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(not can_capture(), reason="capturing needs root, dumpcap and tshark"),
]

LONGEST_S = 60
HELD_S = 1.5
DIGITS = "15"
PLAIN, TCP, SECRET, RAW = "plain", "overtcp", "secret", "raw"
SINGLE = ("from", "to", "call-id", "cseq", "content-length", "max-forwards", "server", "user-agent")
"""Headers that a message has at most once (RFC 3261 section 7.3.1)."""
SENDER_REPORT, RECEIVER_REPORT, BYE = 200, 201, 203
SDES_CNAME = 1
CUT_OFF_REPORT = b"\x81\xc9\x00\x07" + bytes(8)
"""A receiver report with less than it says: what tshark must complain of, or its silence means nothing."""
MTU = 1500
RTP_HEADER = SRTCP_CLEAR = 12
"""Bytes that SRTP leaves in the clear; of SRTCP it is 8, and the next are the NTP time, whose first do not vary."""


@dataclass(frozen=True, slots=True)
class Wire:
    """The captured meeting."""

    packets: Sequence[Packet]
    sent: Sequence[Packet]
    """What came from the bridge."""
    ports: dict[str, list[int]]
    """The bridge's RTP ports, audio first, by the name of the caller."""
    held: tuple[float, float]
    """Between these times (seconds since 1970) the raw caller had put us on hold."""

    def rtp(self, port: int) -> list[Packet]:
        """RTP that the bridge sent from a port."""
        return [packet for packet in self.sent if packet.rtp and packet.source_port == port]

    def rtcp(self, *ports: int) -> list[Packet]:
        """Likewise RTCP, and SRTCP."""
        return [packet for packet in self.sent if packet.rtcp_types and packet.source_port in ports]

    def streams(self) -> list[list[Packet]]:
        """RTP by the port it came from."""
        ports = sorted({packet.source_port for packet in self.sent if packet.rtp})
        return [self.rtp(port) for port in ports]


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Wire:
    folder = tmp_path_factory.mktemp("wire")
    with (
        running_bridge(folder) as bridge,
        running(BaresipOptions(folder / "peer", answers=True)) as peer,
        capturing(bridge, folder / "wire.pcap") as capture,
    ):
        held = hold_a_meeting(bridge, peer.uri)
    packets = capture.packets()
    ours = {bridge.udp_port, bridge.tcp_port, *range(bridge.media_min, bridge.media_max + 1)}
    sent = [packet for packet in packets if packet.source_port in ours]
    names = (PLAIN, TCP, SECRET, RAW)
    return Wire(packets, sent, {name: ports_of(packets, name) for name in names}, held)


def hold_a_meeting(bridge: Bridge, called: str) -> tuple[float, float]:
    """Everybody comes, talks, presses keys, holds, and is sent home by the bridge: when the hold was."""
    length = ("--seconds", str(LONGEST_S))
    diallers = [
        Dialler(bridge.uri(), "--name", PLAIN, *length, *offered("opus,h264"), "--dtmf", DIGITS),
        Dialler(bridge.uri(transport="tcp"), "--name", TCP, *length, *offered("PCMU,vp8")),
        Dialler(
            bridge.uri("speaker"),
            *("--name", SECRET, *length, *offered("PCMU,h264"), "--srtp", "AES_CM_128_HMAC_SHA1_80"),
        ),
    ]
    bridge.wait_for_legs(3)
    bridge.command("call", called, "--space", "demo")
    held = hold_and_resume(bridge)
    wait_for_digits(bridge)
    for leg in bridge.legs():
        bridge.command("hang-up", leg["id"])
    reports = [dialler.report() for dialler in diallers]
    assert [report["ended_by"] for report in reports] == ["remote"] * len(reports), reports
    bridge.wait_for_legs(0)
    return held


def wait_for_digits(bridge: Bridge) -> None:
    deadline = time.monotonic() + 15
    while DIGITS not in [leg["digits"] for leg in bridge.legs()]:
        assert time.monotonic() < deadline, bridge.legs()
        time.sleep(0.2)


def offered(codecs: str) -> Sequence[str]:
    return "--codec", codecs, "--video", "pattern:1"


def hold_and_resume(bridge: Bridge) -> tuple[float, float]:
    """A caller without rtcp-mux that says nothing: G.722, a while on hold."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        audio = f"m=audio {ear.getsockname()[1]} RTP/AVP 9"
        caller = RawCaller(bridge, RAW)
        (port,) = caller.invite(audio).ports
        ear.sendto(CUT_OFF_REPORT, ("127.0.0.1", port + 1))
        time.sleep(1)
        caller.invite(audio, "a=sendonly")
        began_s = time.time()
        time.sleep(HELD_S)
        ended_s = time.time()
        caller.invite(audio, "a=sendrecv")
        time.sleep(1)
        caller.bye()
        caller.close()
    return began_s, ended_s


def ports_of(packets: Sequence[Packet], name: str) -> list[int]:
    """From the bridge's answer to who calls itself so."""
    for head, body in sip_messages(packets):
        if head.startswith("SIP/2.0 200") and f"sip:{name}@" in headers(head)["from"] and body:
            return [int(port) for port in re.findall(rb"^m=\w+ (\d+)", body, re.MULTILINE)]
    raise AssertionError(f"no answer to {name}")


def test_tshark_complains_of_nothing(wire: Wire) -> None:
    complaints = {packet.number: packet.complaints for packet in wire.sent if packet.complaints}
    assert not complaints
    assert [packet for packet in wire.packets if packet.payload == CUT_OFF_REPORT and packet.complaints]


@pytest.mark.parametrize(
    ("key_frame", "partition", "bytes_after_tag", "ends"),
    [
        (False, 50, 50, True),
        (False, 50, 49, False),
        (False, 50, 55, False),
        (True, 900, 907, True),
        (True, 900, 900, False),
    ],
)
def test_where_a_vp8_partition_ends_with_its_packet(
    key_frame: bool, partition: int, bytes_after_tag: int, ends: bool
) -> None:
    frame = (partition << 5 | 0x10 | (not key_frame)).to_bytes(3, "little") + bytes(bytes_after_tag)
    assert vp8_first_partition_ends(bytes(RTP_HEADER) + b"\x90\x80\x80\x01" + frame) is ends
    assert not vp8_first_partition_ends(bytes(RTP_HEADER) + b"\x80\x80\x80\x01" + frame)


def test_every_kind_of_traffic_was_there(wire: Wire) -> None:
    seen = Counter(name for packet in wire.sent for name in packet.protocols)
    assert all(seen[name] > 20 for name in ("sip", "rtp", "rtcp", "opus", "h264", "vp8")), seen
    payload_types = {packet.rtp.payload_type for packet in wire.sent if packet.rtp}
    assert {0, 9} <= payload_types, "PCMU and G.722"
    assert any("rtpevent" in packet.protocols for packet in wire.packets)


def test_sip_messages_are_complete(wire: Wire) -> None:
    messages = sip_messages(wire.sent)
    assert {head.split()[0] for head, _ in messages} >= {"SIP/2.0", "INVITE", "ACK", "BYE"}
    for head, body in messages:
        fields = headers(head)
        assert {"via", "from", "to", "call-id", "cseq", "content-length"} <= fields.keys(), head
        assert int(fields["content-length"]) == len(body), head
        names = Counter(line.partition(":")[0].lower() for line in head.split("\r\n")[1:])
        assert all(names[name] <= 1 for name in SINGLE), head
        assert ("user-agent" in fields) + ("server" in fields) <= 1, head
        if not head.startswith("SIP/2.0"):
            assert "max-forwards" in fields, head
        if head.startswith("INVITE") or (head.startswith("SIP/2.0 200") and "INVITE" in fields["cseq"]):
            assert {"contact", "allow", "supported", "content-type"} <= fields.keys(), head


def test_rtp_is_numbered_without_a_gap(wire: Wire) -> None:
    streams = wire.streams()
    assert len(streams) >= 8, "two of each of three callers, and two with audio alone"
    for stream in streams:
        numbers = [packet.rtp for packet in stream if packet.rtp]
        assert len({rtp.ssrc for rtp in numbers}) == 1
        steps = Counter((after.sequence - before.sequence) % 2**16 for before, after in pairwise(numbers))
        assert set(steps) == {1}, (stream[0].source_port, steps)


def test_rtp_timestamps_go_forward(wire: Wire) -> None:
    for stream in wire.streams():
        stamps = [packet.rtp.timestamp for packet in stream if packet.rtp]
        assert all((after - before) % 2**32 < 2**31 for before, after in pairwise(stamps))
    # One tick is 20 ms: 960 at Opus' 48 kHz; 160 at the 8 kHz that G.711 and G.722 count by (RFC 3551 4.5.2).
    for name, ticks in ((PLAIN, 960), (TCP, 160), (SECRET, 160), (RAW, 160)):
        stamps = [packet.rtp.timestamp for packet in wire.rtp(wire.ports[name][0]) if packet.rtp]
        assert all((after - before) % ticks == 0 for before, after in pairwise(stamps)), name


def test_marker_ends_each_picture(wire: Wire) -> None:
    for name in (PLAIN, TCP, SECRET):
        packets = [packet.rtp for packet in wire.rtp(wire.ports[name][1]) if packet.rtp]
        assert len(packets) > 30, name
        # The last one of all may have been cut off by the end of the call.
        for packet, following in pairwise(packets):
            assert packet.marker == (following.timestamp != packet.timestamp), (name, packet)


def test_nothing_is_sent_while_held(wire: Wire) -> None:
    began_s, ended_s = wire.held
    port = wire.ports[RAW][0]
    times = [packet.time_s for packet in wire.rtp(port)]
    assert any(time_s < began_s for time_s in times)
    assert any(time_s > ended_s for time_s in times)
    # The answer is out before the worker has heard of it.
    assert not [time_s for time_s in times if began_s + 0.5 < time_s < ended_s]


def test_rtcp_is_compound(wire: Wire) -> None:
    secret = {*wire.ports[SECRET]}
    for packet in (packet for packet in wire.sent if packet.rtcp_types):
        assert packet.rtcp_types[0] in (SENDER_REPORT, RECEIVER_REPORT)
        if packet.source_port not in secret:
            assert SDES_CNAME in packet.sdes_items, packet


def test_streams_end_with_a_bye(wire: Wire) -> None:
    """RFC 3550 section 6.6; what is under SRTCP cannot be seen."""
    for name in (PLAIN, TCP, RAW):
        for port in wire.ports[name]:
            assert wire.rtcp(port, port + 1)[-1].rtcp_types[-1] == BYE, name


def test_rtcp_goes_where_was_agreed(wire: Wire) -> None:
    """rtcp-mux (RFC 5761) with those who offered it, the next port with the one who did not."""
    for name in (PLAIN, TCP, SECRET):
        for port in wire.ports[name]:
            assert wire.rtcp(port), name
            assert not wire.rtcp(port + 1), name
    (port,) = wire.ports[RAW]
    assert not wire.rtcp(port)
    assert wire.rtcp(port + 1)


def test_rtcp_comes_now_and_then(wire: Wire) -> None:
    """Between two reports never more than RFC 3550's five seconds, and no flood either."""
    for stream in wire.streams():
        port, length_s = stream[0].source_port, stream[-1].time_s - stream[0].time_s
        times = [packet.time_s for packet in wire.rtcp(port, port + 1)]
        ends = [stream[0].time_s, *times, stream[-1].time_s]
        assert max(after - before for before, after in pairwise(ends)) < 5
        assert len(times) <= 3 + 5 * length_s


def test_packets_fit_the_path(wire: Wire) -> None:
    """Media; an INVITE by UDP may be cut into fragments, which RFC 3261 18.1.1 would have by TCP."""
    assert max(packet.ip_bytes for packet in wire.sent if packet.rtp or packet.rtcp_types) <= MTU


def test_srtp_shows_nothing(wire: Wire) -> None:
    assert entropy(wire.rtp(wire.ports[SECRET][0]), RTP_HEADER) > 7.9
    assert entropy(wire.rtp(wire.ports[SECRET][1]), RTP_HEADER) > 7.9
    assert entropy(wire.rtcp(*wire.ports[SECRET]), SRTCP_CLEAR) > 7
    secret = [
        packet for packet in wire.packets if {packet.source_port, packet.target_port} & {*wire.ports[SECRET]}
    ]
    for packet in secret:
        # A lone participant hears pauses: in PCMU those are one value over and over.
        assert not re.search(rb"(.)\1{7}", packet.payload[RTP_HEADER:], re.DOTALL), packet
    assert entropy(wire.rtp(wire.ports[RAW][0]), RTP_HEADER) < 7.9, (
        "this measure tells plain sound from noise"
    )


def entropy(packets: Sequence[Packet], skipped: int) -> float:
    """Bits a byte of what follows the first bytes of each packet."""
    counts = Counter(b"".join(packet.payload[skipped:] for packet in packets))
    total = counts.total()
    return -sum(count / total * math.log2(count / total) for count in counts.values())
