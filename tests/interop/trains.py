"""Trains of RTP packets in a capture of loopback, cut as a network card cuts them before they are on a wire.

The bridge hands packets of equal size, the last may be shorter, to the kernel as one datagram (UDP_SEGMENT). Loopback
carries that whole, and so dumpcap sees it. Where it is to be cut is seen by the next packet's header: the same SSRC and
timestamp, the next number. SRTP leaves it in the clear.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

_FILE_HEADER, _RECORD_HEADER = 24, 16
_ETHERNET, _UDP, _RTP = 14, 8, 12
_IPV4, _PROTOCOL_UDP = b"\x08\x00", 17


def cut_trains(captured: Path, cut: Path) -> None:
    """Copies a file of dumpcap -P (Ethernet, this machine's byte order) with every train in pieces."""
    data = captured.read_bytes()
    out, at = [data[:_FILE_HEADER]], _FILE_HEADER
    while at + _RECORD_HEADER <= len(data):
        second, fraction, length, _ = struct.unpack_from("=IIII", data, at)
        at += _RECORD_HEADER
        pieces = _frames(data[at : at + length])
        out += [struct.pack("=IIII", second, fraction, len(one), len(one)) + one for one in pieces]
        at += length
    cut.write_bytes(b"".join(out))


def _frames(frame: bytes) -> Iterator[bytes]:
    ip_bytes = (frame[_ETHERNET] & 0x0F) * 4
    payload_at = _ETHERNET + ip_bytes + _UDP
    if frame[12:14] != _IPV4 or frame[_ETHERNET + 9] != _PROTOCOL_UDP:
        yield frame
        return
    payload = frame[payload_at:]
    size = packet_bytes(payload)
    for start in range(0, max(len(payload), 1), max(size, 1)):
        piece = payload[start : start + size]
        head = bytearray(frame[:payload_at])
        struct.pack_into("!H", head, _ETHERNET + 2, ip_bytes + _UDP + len(piece))
        struct.pack_into("!H", head, _ETHERNET + ip_bytes + 4, _UDP + len(piece))
        yield bytes(head) + piece


def packet_bytes(payload: bytes) -> int:
    """How long the first packet of the datagram is: all of it, unless it is a train."""
    if len(payload) < 2 * _RTP or payload[0] != 0x80:
        return len(payload)
    sequence = (int.from_bytes(payload[2:4]) + 1) & 0xFFFF
    rest_of_header = payload[4:_RTP]
    at = payload.find(rest_of_header, _RTP)
    while at >= 0:
        size = at - 4
        if size >= _RTP and payload[size] == 0x80 and payload[size + 2 : at] == sequence.to_bytes(2):
            return size
        at = payload.find(rest_of_header, at + 1)
    return len(payload)
