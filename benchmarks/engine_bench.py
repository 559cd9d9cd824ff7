"""What audio legs cost the real-time thread: legs in rooms on loopback, CPU time of that thread alone.

Packet in, jitter buffer, decode, mix-minus of the room, encode, SRTP, packet out. The other ends are another engine of
this process, on a thread of its own and not counted; it has the same work, so a machine with two cores is full at
twice the legs shown.
"""

import json
import random
import time
from typing import Any

from cms_media.native import AudioStream, Engine, Transport

MEASURED_S = 4.0
LEGS_PER_ROOM = 10
LOOPBACK = "127.0.0.1"
_PAYLOAD_TYPES = {"PCMU": 0, "G722": 9, "opus": 111}
_KEY = ("AES_CM_128_HMAC_SHA1_80", bytes(range(30)))


def main() -> None:
    """Prints milliseconds of CPU per leg and second, and how punctual the ticks were."""
    runs = [
        ("PCMU", 100, False),
        ("PCMU", 500, False),
        ("PCMU", 100, True),
        ("G722", 100, False),
        ("opus", 100, False),
    ]
    print(json.dumps({"scenario": "engine", "runs": [_run(*run) for run in runs]}))


def _run(codec: str, legs: int, srtp: bool) -> dict[str, Any]:
    near = Engine(port_min=20000, port_max=29999)
    far = Engine(port_min=30000, port_max=39999)
    noise = _noise()
    near.start()
    far.start()
    try:
        for number in range(legs):
            stream = _connect(near, far, codec, srtp, number // LEGS_PER_ROOM)
            near.play(stream, noise, loop=True)
        time.sleep(1.0)
        before = far.snapshot()
        time.sleep(MEASURED_S)
        after = far.snapshot()
    finally:
        near.stop()
        far.stop()
    spent = {name: after[name] - before[name] for name in after}
    return {
        "codec": codec,
        "srtp": srtp,
        "legs": legs,
        "cpu_ms_per_leg_s": round(spent["busy_s"] / MEASURED_S / legs * 1000, 3),
        "core_percent": round(spent["busy_s"] / MEASURED_S * 100, 1),
        "packets_in_per_s": round(spent["packets_in"] / MEASURED_S),
        "wakeups_per_s": round(spent["wakeups"] / MEASURED_S),
        "late_ticks": spent["late_ticks"],
        "skipped_ticks": spent["skipped_ticks"],
        "tick_worst_us": after["tick_worst_us"],
    }


def _noise() -> bytes:
    """One second of quiet noise: nothing that a codec finds cheap."""
    source = random.Random(1)
    return b"".join(source.randrange(-3000, 3000).to_bytes(2, "little", signed=True) for _ in range(48000))


def _connect(near: Engine, far: Engine, codec: str, srtp: bool, room: int) -> int:
    left, right = near.open_transport(LOOPBACK), far.open_transport(LOOPBACK)
    near.set_audio(left.id, _stream(right, codec, srtp, -1))
    far.set_audio(right.id, _stream(left, codec, srtp, room))
    return left.id


def _stream(remote: Transport, codec: str, srtp: bool, room: int) -> AudioStream:
    stream = AudioStream()
    stream.remote_rtp = (LOOPBACK, remote.rtp_port)
    stream.remote_rtcp = (LOOPBACK, remote.rtcp_port)
    stream.send_codec = codec
    stream.send_payload_type = _PAYLOAD_TYPES[codec]
    stream.receive = [(_PAYLOAD_TYPES[codec], codec)]
    stream.srtp_send = stream.srtp_receive = _KEY if srtp else None
    stream.room = room
    return stream


if __name__ == "__main__":
    main()
