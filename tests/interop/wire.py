"""What is on the wire, captured on loopback by dumpcap and read by tshark: one typed record a packet."""

import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.interop.bridge import Bridge
from tests.interop.trains import cut_trains

_START_S = 20.0
_READ_S = 60
_BUFFER_MIB = 16
"""The kernel's, so that a busy machine loses nothing."""

_FIELDS = (
    "frame.number",
    "frame.time_epoch",
    "frame.protocols",
    "ip.len",
    "udp.srcport",
    "udp.dstport",
    "tcp.srcport",
    "tcp.dstport",
    "udp.payload",
    "tcp.payload",
    "rtp.ssrc",
    "rtp.seq",
    "rtp.timestamp",
    "rtp.marker",
    "rtp.p_type",
    "rtcp.pt",
    "rtcp.sdes.type",
    "rtcp.length_check",
    "_ws.malformed",
    "_ws.expert.severity",
    "_ws.expert.group",
    "_ws.expert.message",
)
_SEVERITY_WARNING, _SEVERITY_ERROR = 0x600000, 0x800000
_GROUP_UNDECODED = 0x05000000
"""Wireshark's numbers: proto.h, PI_WARN, PI_ERROR and PI_UNDECODED (what its dissectors do not read)."""
_RTP_HEADER, _VP8_DESCRIPTOR, _VP8_FRAME_TAG, _VP8_KEY_FRAME_HEADER = 12, 4, 3, 10
"""Bytes that stand before a VP8 frame in our packets, and at its beginning (RFC 6386 section 9.1)."""


@dataclass(frozen=True, slots=True)
class Rtp:
    """The header of one RTP packet, SRTP's too: it is in the clear."""

    ssrc: int
    sequence: int
    timestamp: int
    marker: bool
    payload_type: int


@dataclass(frozen=True, slots=True)
class Packet:
    """One frame. `protocols` are the dissectors that took it; complaints are tshark's own words."""

    number: int
    time_s: float
    protocols: frozenset[str]
    ip_bytes: int
    source_port: int
    target_port: int
    payload: bytes
    rtp: Rtp | None
    rtcp_types: tuple[int, ...]
    """All of the compound, in order."""
    sdes_items: tuple[int, ...]
    complaints: tuple[str, ...]
    """Malformed, errors, and warnings but those of what tshark does not know to read."""


def can_capture() -> bool:
    """The tools are there and we may use them."""
    return os.geteuid() == 0 and all(map(shutil.which, ("dumpcap", "tshark")))


class Capture:
    """What goes to and from one bridge while the `with` block of `capturing` runs."""

    def __init__(self, bridge: Bridge, path: Path, longest_s: int) -> None:
        self._bridge = bridge
        self._path = path
        media = f"udp portrange {bridge.media_min}-{bridge.media_max}"
        wanted = f"({media}) or udp port {bridge.udp_port} or tcp port {bridge.tcp_port}"
        limits = ["-B", str(_BUFFER_MIB), "-a", f"duration:{longest_s}"]
        self._process = subprocess.Popen(
            ["dumpcap", "-q", "-P", "-i", "lo", *limits, "-f", wanted, "-w", str(path)],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def wait_until_started(self) -> None:
        """Until dumpcap has named its file. Raises AssertionError."""
        errors = self._process.stderr
        assert errors
        deadline, told = time.monotonic() + _START_S, b""
        while b"File: " not in told:
            assert select.select([errors], [], [], max(0.0, deadline - time.monotonic()))[0], (
                "dumpcap is silent"
            )
            piece = os.read(errors.fileno(), 4096)
            assert piece, told.decode()
            told += piece

    def stop(self) -> None:
        """Ends the capture; everything until now is in the file."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=10)

    def packets(self) -> list[Packet]:
        """All packets of the file, in order. tshark finds the streams by the SDP that it sees."""
        ports = [
            "-d",
            f"udp.port=={self._bridge.udp_port},sip",
            "-d",
            f"tcp.port=={self._bridge.tcp_port},sip",
        ]
        cut = self._path.with_suffix(".cut.pcap")
        cut_trains(self._path, cut)
        fields = [word for name in _FIELDS for word in ("-e", name)]
        # A separator of fields and of values that no message of tshark has.
        style = ["-T", "fields", "-E", "separator=/t", "-E", "aggregator=|", "-E", "occurrence=a"]
        read = subprocess.run(
            ["tshark", "-n", "-r", str(cut), *ports, *style, *fields],
            capture_output=True,
            timeout=_READ_S,
            check=True,
        )
        return [_packet(line.split("\t")) for line in read.stdout.decode(errors="replace").splitlines()]


@contextmanager
def capturing(bridge: Bridge, path: Path, longest_s: int = 60) -> Iterator[Capture]:
    """Captures from when the block begins to its end."""
    capture = Capture(bridge, path, longest_s)
    try:
        capture.wait_until_started()
        yield capture
        time.sleep(0.3)  # what was sent last is still on its way to the file
    finally:
        capture.stop()


def sip_messages(packets: Sequence[Packet]) -> list[tuple[str, bytes]]:
    """(head, body) of every SIP message, of UDP a datagram each, of TCP cut by Content-Length (RFC 3261 18.3)."""
    messages = [split(packet.payload) for packet in packets if {"udp", "sip"} <= packet.protocols]
    streams: dict[tuple[int, int], bytes] = {}
    for packet in packets:
        if "tcp" in packet.protocols:
            ends = (packet.source_port, packet.target_port)
            streams[ends] = streams.get(ends, b"") + packet.payload
    for stream in streams.values():
        messages += _cut(stream)
    return messages


def split(message: bytes) -> tuple[str, bytes]:
    """(head, body) of one message."""
    head, _, body = message.partition(b"\r\n\r\n")
    return head.decode(), body


def headers(head: str) -> dict[str, str]:
    """By lower-case name; of several of a name the first."""
    found: dict[str, str] = {}
    for line in head.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        found.setdefault(name.strip().lower(), value.strip())
    return found


def _cut(stream: bytes) -> list[tuple[str, bytes]]:
    messages = []
    while stream := stream.lstrip(b"\r\n"):
        head, rest = split(stream)
        length = int(headers(head)["content-length"])
        messages.append((head, rest[:length]))
        stream = rest[length:]
    return messages


def _packet(values: Sequence[str]) -> Packet:
    by_name = dict(zip(_FIELDS, values, strict=True))

    def integers(name: str) -> tuple[int, ...]:
        return tuple(int(value, 0) for value in by_name[name].split("|") if value)

    transport = "udp" if by_name["udp.srcport"] else "tcp"
    rtp = (
        Rtp(
            *(integers(f"rtp.{name}")[0] for name in ("ssrc", "seq", "timestamp")),
            marker=bool(integers("rtp.marker")[0]),
            payload_type=integers("rtp.p_type")[0],
        )
        if by_name["rtp.seq"]
        else None
    )
    protocols = frozenset(by_name["frame.protocols"].split(":"))
    payload = bytes.fromhex(by_name[f"{transport}.payload"].partition("|")[0])
    complaints = _complaints(by_name["_ws.malformed"], integers, by_name["_ws.expert.message"])
    return Packet(
        number=int(by_name["frame.number"]),
        time_s=float(by_name["frame.time_epoch"]),
        protocols=protocols,
        ip_bytes=integers("ip.len")[0],
        source_port=integers(f"{transport}.srcport")[0],
        target_port=integers(f"{transport}.dstport")[0],
        payload=payload,
        rtp=rtp,
        rtcp_types=integers("rtcp.pt"),
        sdes_items=integers("rtcp.sdes.type"),
        complaints=() if "vp8" in protocols and vp8_first_partition_ends(payload) else complaints,
    )


def vp8_first_partition_ends(packet: bytes) -> bool:
    """Whether this RTP packet of ours begins a VP8 frame and ends just where the frame's first partition does.

    tshark (4.0) calls that malformed: it describes what follows the partition without looking whether anything does.
    """
    descriptor, frame = packet[_RTP_HEADER:][:_VP8_DESCRIPTOR], packet[_RTP_HEADER + _VP8_DESCRIPTOR :]
    if descriptor[:2] != b"\x90\x80" or len(frame) < _VP8_FRAME_TAG:
        return False
    tag = int.from_bytes(frame[:_VP8_FRAME_TAG], "little")
    header = _VP8_FRAME_TAG if tag & 1 else _VP8_KEY_FRAME_HEADER
    return len(frame) - header == tag >> 5


def _complaints(malformed: str, integers: Callable[[str], tuple[int, ...]], messages: str) -> tuple[str, ...]:
    severities, groups = integers("_ws.expert.severity"), integers("_ws.expert.group")
    found = [f"malformed {malformed}"] if malformed else []
    for severity, group, message in zip(severities, groups, messages.split("|"), strict=False):
        if severity >= _SEVERITY_ERROR or (severity == _SEVERITY_WARNING and group != _GROUP_UNDECODED):
            found.append(message)
    return tuple(found)
