"""What packets cost the real-time thread: CPU time of that thread alone, per packet and per leg, and its wake-ups.

`floor`: what the system calls alone cost in the same run, plain and as ours, see native/bench/datagram_bench.cpp.

The bridge is an engine of this process. The other ends are plain UDP sockets of a second process, one packet a call
without any offload, as most endpoints are; each leg has its own phase. Loopback counts the peer's half of the kernel's
way in with our sending, as much again as a network driver takes.
"""

import argparse
import json
import multiprocessing
import random
import socket
import struct
import subprocess
import time
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.native_core import build
from cms_media.native import AudioStream, Engine, VideoStream

LOOPBACK = "127.0.0.1"
PICTURES_PER_S = 30
PICTURE_BYTES = 8333
"""2 Mbit/s at 30 pictures a second."""
FRAGMENT_BYTES = 1191
"""Seven to the picture."""
SLICE_BYTES = 1200
GRID_S = 0.001
"""How often the peer looks which legs are due."""
_KEYS = {"CM": ("AES_CM_128_HMAC_SHA1_80", bytes(range(30))), "GCM": ("AEAD_AES_128_GCM", bytes(range(28)))}


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement. `ways` is in, out or both; `slices`: the encoder cuts for the packets, so no two are alike."""

    kind: str = "video"
    legs: int = 25
    ways: str = "both"
    srtp: str | None = None
    pacing_bps: int = 0
    shared: bool = False
    slices: bool = False
    seconds: float = 3.0

    @property
    def period_s(self) -> float:
        """Between two pictures or audio packets of a leg."""
        return 0.02 if self.kind == "audio" else 1 / PICTURES_PER_S


RUNS = {
    "video 25 in": Run(ways="in"),
    "video 25 out": Run(ways="out"),
    "video 25 out, slices": Run(ways="out", slices=True),
    "video 25 out, SRTP CM": Run(ways="out", srtp="CM"),
    "video 25 out, SRTP GCM": Run(ways="out", srtp="GCM"),
    "video 25 both, paced": Run(pacing_bps=8_000_000),
    "video 100 out, one view": Run(legs=100, ways="out", shared=True),
    "video 100 both, paced": Run(legs=100, pacing_bps=8_000_000),
    "audio 100": Run("audio", 100),
    "audio 500": Run("audio", 500),
    "audio 500 in": Run("audio", 500, ways="in"),
}


def main() -> None:
    """Prints one JSON object; names on the command line choose runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(RUNS), help=", ".join(RUNS))
    parser.add_argument("--seconds", type=float, default=3.0)
    arguments = parser.parse_args()
    floor = json.loads(
        subprocess.run((str(build("datagram_bench")),), check=True, stdout=subprocess.PIPE).stdout
    )
    runs = {name: _measure(replace(RUNS[name], seconds=arguments.seconds)) for name in arguments.names}
    print(json.dumps({"scenario": "packet_path", "floor": floor["per_packet"], "runs": runs}, indent=1))


def _measure(run: Run) -> dict[str, Any]:
    engine = Engine(port_min=20000, port_max=29999)
    ours, theirs = multiprocessing.Pipe()
    peer = multiprocessing.get_context("spawn").Process(target=_peer, args=(theirs, run), daemon=True)
    peer.start()
    engine.start()
    try:
        transports = [engine.open_transport(LOOPBACK) for _ in range(run.legs)]
        for number, (transport, port) in enumerate(zip(transports, ours.recv(), strict=True)):
            if run.kind == "audio":
                engine.set_audio(transport.id, _audio(port, number, run))
            else:
                engine.set_video(transport.id, _video(port, run))
        ours.send([transport.rtp_port for transport in transports])
        return _observe(engine, [transport.id for transport in transports], run)
    finally:
        ours.close()
        peer.join(5)
        engine.stop()


def _observe(engine: Engine, streams: list[int], run: Run) -> dict[str, Any]:
    _drive(engine, streams, run, 1.0)
    before = engine.snapshot()
    begun_s = time.monotonic()
    _drive(engine, streams, run, run.seconds)
    after = engine.snapshot()
    seconds = time.monotonic() - begun_s
    spent = {name: after[name] - before[name] for name in ("busy_s", "packets_in", "packets_out", "wakeups")}
    packets = spent["packets_in"] + spent["packets_out"]
    return {
        "cpu_ms_per_leg_s": round(spent["busy_s"] / seconds / run.legs * 1000, 3),
        "us_per_packet": round(spent["busy_s"] / packets * 1e6, 2),
        "packets_in_per_s": round(spent["packets_in"] / seconds),
        "packets_out_per_s": round(spent["packets_out"] / seconds),
        "wakeups_per_s": round(spent["wakeups"] / seconds),
        "core_percent": round(spent["busy_s"] / seconds * 100, 1),
        "refused": after["packets_refused"],
        "late_ticks": after["late_ticks"] - before["late_ticks"],
    }


def _drive(engine: Engine, streams: list[int], run: Run, seconds: float) -> None:
    """Hands over pictures at their times, staggered over the period as the worker does, and takes what comes."""
    picture = _slices() if run.slices else b"\0\0\0\1\x41" + _noise(PICTURE_BYTES)
    views = [streams] if run.shared else [[stream] for stream in streams]
    sends = run.kind == "video" and run.ways != "in"
    begun_s = time.monotonic()
    dues = [begun_s + run.period_s * number / len(views) for number in range(len(views))]
    while (now := time.monotonic()) < begun_s + seconds:
        for number, due_s in enumerate(dues if sends else ()):
            if now >= due_s:
                engine.send_video(views[number], picture, now, False)
                dues[number] += run.period_s
        engine.take_events()
        time.sleep(GRID_S)


def _video(port: int, run: Run) -> VideoStream:
    stream = VideoStream()
    stream.remote_rtp = stream.remote_rtcp = (LOOPBACK, port)
    stream.rtcp_mux = True
    stream.send_codec, stream.send_payload_type = "H264", 96
    stream.receive = [(96, "H264")]
    stream.nack = stream.pli = True
    stream.srtp_send = _KEYS[run.srtp] if run.srtp else None
    stream.pacing_bps = run.pacing_bps
    return stream


def _audio(port: int, number: int, run: Run) -> AudioStream:
    stream = AudioStream()
    stream.remote_rtp = (LOOPBACK, port)
    stream.remote_rtcp = (LOOPBACK, port)
    stream.rtcp_mux = True
    stream.sending = run.ways != "in"
    stream.send_codec, stream.send_payload_type = "PCMU", 0
    stream.receive = [(0, "PCMU")]
    stream.room = number // 10
    return stream


# --- the other ends -------------------------------------------------------------------------------------------------


def _peer(pipe: Connection, run: Run) -> None:
    """Opens a socket per leg, tells their ports, hears the bridge's, then sends and drains until the pipe closes."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(run.legs)]
    for one in sockets:
        one.bind((LOOPBACK, 0))
        one.setblocking(False)
    pipe.send([one.getsockname()[1] for one in sockets])
    for one, port in zip(sockets, pipe.recv(), strict=True):
        one.connect((LOOPBACK, port))
    payloads = [_noise(160)] if run.kind == "audio" else _fragments()
    source = random.Random(2)
    begun_s = time.monotonic()
    dues = [begun_s + run.period_s * source.random() for _ in sockets]
    counts = [0] * run.legs
    while not pipe.poll():
        now = time.monotonic()
        for number, one in enumerate(sockets):
            if now < dues[number]:
                continue
            dues[number] += run.period_s
            if run.ways != "out":
                _send(one, number, counts[number], payloads, run)
            counts[number] += 1
            _drain(one)
        time.sleep(GRID_S)


def _send(one: socket.socket, number: int, count: int, payloads: list[bytes], run: Run) -> None:
    payload_type, clock_hz = (0, 8000) if run.kind == "audio" else (96, 90000)
    timestamp = round(count * run.period_s * clock_hz) & 0xFFFFFFFF
    for index, payload in enumerate(payloads):
        marker = 0x80 if run.kind == "video" and index == len(payloads) - 1 else 0
        sequence = (count * len(payloads) + index) & 0xFFFF
        one.send(
            struct.pack("!BBHII", 0x80, marker | payload_type, sequence, timestamp, number + 1) + payload
        )


def _drain(one: socket.socket) -> None:
    try:
        while True:
            one.recv(2048)
    except BlockingIOError:
        pass


def _fragments() -> list[bytes]:
    """A picture of one slice in FU-A payloads."""
    body = _noise(PICTURE_BYTES)
    parts = [body[at : at + FRAGMENT_BYTES] for at in range(0, len(body), FRAGMENT_BYTES)]
    flags = [0x80, *[0] * (len(parts) - 2), 0x40]
    return [bytes([0x5C, flag | 1]) + part for flag, part in zip(flags, parts, strict=True)]


def _slices() -> bytes:
    """A picture in slices, each a little under what a packet takes, as x264 makes them with slice-max-size."""
    source = random.Random(3)
    out, left = b"", PICTURE_BYTES
    while left > 0:
        size = min(left, SLICE_BYTES - source.randrange(150))
        out += b"\0\0\0\1\x41" + _noise(size)
        left -= size
    return out


def _noise(size: int) -> bytes:
    """No zero byte, so nothing looks like a start code."""
    return bytes(random.Random(1).choices(range(1, 256), k=size))


if __name__ == "__main__":
    main()
