"""Janus AudioBridge with participants by plain RTP, all talking: CPU of the Janus process.

The participants are streams of an engine in this process; they say the voices of our own benchmark, and what they get
is judged by the same rules. The room mixes at the codec's own rate, which is cheapest for Janus.
"""

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.peers.janus_process import PACKAGE, PROGRAM, Janus, running_janus
from benchmarks.peers.result import PeerResult, peer_result
from cms_media.bench.port_ranges import media_ports
from cms_media.bench.processes import end_on_sigterm, usage
from cms_media.bench.verdict import FEWEST_PACKETS, MOST_CONCEALED, QUIETEST_DBOV
from cms_media.bench.voice import voice
from cms_media.codecs import tones
from cms_media.endpoint.audio import silences
from cms_media.native import AudioStream, Engine

HERE = "127.0.0.1"
WARM_UP_S = 4.0
_EARS = 16
_PACKETS_PER_S = 50
_LISTEN_S = 0.5


@dataclass(frozen=True, slots=True)
class _Format:
    janus_name: str
    ours: str
    payload_type: int
    room_hz: int


FORMATS = {"pcmu": _Format("pcmu", "PCMU", 0, 8000), "opus": _Format("opus", "opus", 111, 48_000)}
"""By the names of `bench audio`."""


def missing() -> str:
    """How to install it; empty: it is there."""
    return "" if PROGRAM.exists() else f"apt-get install {PACKAGE}"


def measure(scenario: str, legs: int, seconds: float) -> PeerResult:
    """One room, everybody talks. Raises ResourceError when it can not be run."""
    ports, own = media_ports(legs, 1)
    with tempfile.TemporaryDirectory() as name, running_janus(Path(name), ports) as janus:
        memory_mb = usage(janus.pid).memory_mb
        engine = Engine(port_min=own[0], port_max=own[1])
        engine.start()
        try:
            streams = _join(janus, engine, FORMATS[scenario], legs)
            time.sleep(WARM_UP_S)
            before, counted = usage(janus.pid), [_heard(engine, stream) for stream in streams]
            ears = _listen(engine, streams[:: max(1, legs // _EARS)], seconds)
            after, counted_after = usage(janus.pid), [_heard(engine, stream) for stream in streams]
            version = janus.version()
        finally:
            engine.stop()
    spent_s = after.at_s - before.at_s
    got = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(counted, counted_after, strict=True)]
    return peer_result(
        f"Janus AudioBridge {version}",
        scenario,
        legs,
        spent_s,
        after.cpu_s - before.cpu_s,
        _void(got, ears, spent_s),
        memory_mb_per_leg=(after.memory_mb - memory_mb) / legs,
    )


def _join(janus: Janus, engine: Engine, coding: _Format, legs: int) -> list[int]:
    janus.create_room(coding.room_hz)
    streams = []
    for number in range(legs):
        opened = engine.open_transport(HERE)
        port = janus.join(f"leg-{number}", coding.janus_name, coding.payload_type, opened.rtp_port)
        stream = AudioStream()
        stream.remote_rtp, stream.remote_rtcp = (HERE, port), (HERE, port + 1)
        stream.sending = stream.receiving = True
        stream.send_codec, stream.send_payload_type = coding.ours, coding.payload_type
        stream.receive = [(coding.payload_type, coding.ours)]
        stream.packet_time_ms = 20
        stream.dtmf_send_payload_type = -1
        stream.cname, stream.room = f"leg-{number}", -1
        engine.set_audio(opened.id, stream)
        engine.play(opened.id, voice(number).data, loop=True)
        streams.append(opened.id)
    return streams


def _heard(engine: Engine, stream: int) -> tuple[int, int]:
    stats = engine.stats(stream)
    return int(stats["packets_received"]), int(stats["concealed_ticks"])


def _listen(
    engine: Engine, streams: list[int], seconds: float
) -> list[np.ndarray[tuple[int], np.dtype[np.int16]]]:
    """What these heard in so many seconds."""
    for stream in streams:
        engine.tap(stream, 10 * _LISTEN_S)
    blocks: dict[int, list[bytes]] = {stream: [] for stream in streams}
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        time.sleep(_LISTEN_S)
        for stream in streams:
            blocks[stream].append(engine.read_tap(stream))
    return [np.frombuffer(b"".join(heard), np.int16) for heard in blocks.values()]


def _void(
    got: list[tuple[int, int]], ears: list[np.ndarray[tuple[int], np.dtype[np.int16]]], seconds: float
) -> list[str]:
    """By the rules of our own runs."""
    wanted = FEWEST_PACKETS * _PACKETS_PER_S * seconds
    few = sum(packets < wanted for packets, _ in got)
    gaps = sum(silences(heard)[0] for heard in ears)
    quiet = sum(tones.rms_dbov(heard) < QUIETEST_DBOV for heard in ears)
    concealed = sum(ticks for _, ticks in got)
    found = (
        (few, f"{few} legs got fewer than {wanted:.0f} packets of sound"),
        (gaps, f"{gaps} gaps in the sound at {len(ears)} ears"),
        (quiet, f"nobody was heard at {quiet} of {len(ears)} ears"),
        (
            concealed > MOST_CONCEALED * len(got) * _PACKETS_PER_S * seconds,
            f"{concealed} ticks of sound came too late or never",
        ),
    )
    return [reason for wrong, reason in found if wrong]


def main() -> None:
    """Prints one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", choices=sorted(FORMATS), default="pcmu")
    parser.add_argument("--legs", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=8.0)
    arguments = parser.parse_args()
    end_on_sigterm()
    print(json.dumps(measure(arguments.scenario, arguments.legs, arguments.seconds).to_json()))


if __name__ == "__main__":
    main()
