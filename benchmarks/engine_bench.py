"""What audio legs cost the real-time thread: legs in rooms on loopback, CPU time of that thread alone.

Packet in, jitter buffer, decode, mix-minus of the room, encode, SRTP, packet out. The other ends are another engine of
this process, on a thread of its own and not counted; it has the same work, so a machine with two cores is full at
twice the legs shown.
"""

import json
import random
import sys
import time
from dataclasses import dataclass
from typing import Any

from cms_media.native import AudioStream, Engine, Transport

MEASURED_S = 4.0
LOOPBACK = "127.0.0.1"
_PAYLOAD_TYPES = {"PCMU": 0, "G722": 9, "opus": 111}
_KEY = ("AES_CM_128_HMAC_SHA1_80", bytes(range(30)))
_TALK = 3000
"""Amplitude of noise at -26 dBov: nothing that a codec finds cheap."""
_ROOM_NOISE = 20
"""-69 dBov: what a silent room sends when its endpoint has no DTX."""


@dataclass(frozen=True, slots=True)
class Run:
    """Legs that all do the same, but for the share of them that talks."""

    codec: str
    legs: int
    per_room: int = 10
    talkers_per_room: int | None = None
    """None: all talk."""
    dtx: bool = False
    """Who does not talk sends nothing (Opus DTX) instead of the noise of a silent room."""
    srtp: bool = False


RUNS = {
    "pcmu": Run("PCMU", 100),
    "pcmu_500": Run("PCMU", 500),
    "pcmu_srtp": Run("PCMU", 100, srtp=True),
    "pcmu_room_of_100": Run("PCMU", 100, per_room=100),
    "g722": Run("G722", 100),
    "opus": Run("opus", 100),
    "opus_5_of_200": Run("opus", 200, per_room=200, talkers_per_room=5),
    "opus_5_of_200_dtx": Run("opus", 200, per_room=200, talkers_per_room=5, dtx=True),
}


def main() -> None:
    """Prints milliseconds of CPU per leg and second, and how punctual the ticks were; all runs or those named."""
    names = sys.argv[1:] or list(RUNS)
    print(json.dumps({"scenario": "engine", "runs": [{"name": name, **_run(RUNS[name])} for name in names]}))


def _run(run: Run) -> dict[str, Any]:
    near = Engine(port_min=20000, port_max=29999)
    far = Engine(port_min=30000, port_max=39999)
    talk, quiet = _noise(_TALK), _noise(_ROOM_NOISE)
    near.start()
    far.start()
    try:
        for number in range(run.legs):
            stream = _connect(near, far, run, number // run.per_room)
            talks = run.talkers_per_room is None or number % run.per_room < run.talkers_per_room
            if talks or not run.dtx:
                near.play(stream, talk if talks else quiet, loop=True)
        time.sleep(1.0)
        before = far.snapshot()
        time.sleep(MEASURED_S)
        after = far.snapshot()
    finally:
        near.stop()
        far.stop()
    spent = {name: after[name] - before[name] for name in after}
    return {
        "codec": run.codec,
        "srtp": run.srtp,
        "legs": run.legs,
        "per_room": run.per_room,
        "talkers_per_room": run.talkers_per_room or run.per_room,
        "cpu_ms_per_leg_s": round(spent["busy_s"] / MEASURED_S / run.legs * 1000, 3),
        "core_percent": round(spent["busy_s"] / MEASURED_S * 100, 1),
        "packets_in_per_s": round(spent["packets_in"] / MEASURED_S),
        "packets_out_per_s": round(spent["packets_out"] / MEASURED_S),
        "wakeups_per_s": round(spent["wakeups"] / MEASURED_S),
        "late_ticks": spent["late_ticks"],
        "skipped_ticks": spent["skipped_ticks"],
        "tick_worst_us": after["tick_worst_us"],
    }


def _noise(amplitude: int) -> bytes:
    """One second of it."""
    source = random.Random(1)
    return b"".join(
        source.randrange(-amplitude, amplitude).to_bytes(2, "little", signed=True) for _ in range(48000)
    )


def _connect(near: Engine, far: Engine, run: Run, room: int) -> int:
    left, right = near.open_transport(LOOPBACK), far.open_transport(LOOPBACK)
    near.set_audio(left.id, _stream(right, run, -1))
    far.set_audio(right.id, _stream(left, run, room))
    return left.id


def _stream(remote: Transport, run: Run, room: int) -> AudioStream:
    stream = AudioStream()
    stream.remote_rtp = (LOOPBACK, remote.rtp_port)
    stream.remote_rtcp = (LOOPBACK, remote.rtcp_port)
    stream.send_codec = run.codec
    stream.send_payload_type = _PAYLOAD_TYPES[run.codec]
    stream.receive = [(_PAYLOAD_TYPES[run.codec], run.codec)]
    stream.srtp_send = stream.srtp_receive = _KEY if run.srtp else None
    stream.opus_dtx = run.dtx
    stream.room = room
    return stream


if __name__ == "__main__":
    main()
