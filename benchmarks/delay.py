"""Mouth-to-ear and glass-to-glass delay through the bridge on loopback, endpoints' own buffers included.

Two endpoints in this process meet in a space of a real bridge. Mouth to ear: from the moment when a tone burst is
given to the speaker's engine until its first sample has left the listener's jitter buffer. Glass to glass: from
before a test picture is encoded until it has been decoded inside the picture composed for the other side.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
import uuid
from pathlib import Path

import numpy as np

from cms_media.base.types import LegId
from cms_media.codecs.pattern import read_identity
from cms_media.codecs.picture import Picture
from cms_media.codecs.tones import sine
from cms_media.endpoint.call import DialledCall
from cms_media.endpoint.leg import Switchboard
from cms_media.endpoint.options import DialOptions
from cms_media.endpoint.session import sip_settings
from cms_media.layout.types import Size
from cms_media.native import Engine
from cms_media.signalling.stack import SipStack
from tests.interop.bridge import Bridge, running_bridge

BURST_S, BURST_EVERY_S = 0.1, 0.73
"""The period shares no factor with the 20 ms tick, so bursts fall anywhere in it."""
AUDIBLE = 1000


class Delays:
    """What was measured, in seconds."""

    def __init__(self) -> None:
        self.audio: list[float] = []
        self.video: list[float] = []
        self.sent: dict[int, float] = {}
        self._burst_s = 0.0

    def on_burst(self, now: float) -> None:
        """A tone burst begins."""
        self._burst_s = now

    def on_heard(self, heard: bytes, now: float) -> None:
        """The first audible sample after a burst closes it."""
        samples = np.frombuffer(heard, np.int16)
        loud = np.flatnonzero(np.abs(samples) > AUDIBLE)
        if self._burst_s and loud.size:
            self.audio.append(now - (samples.size - int(loud[0])) / 48_000 - self._burst_s + 0.02)
            self._burst_s = 0.0

    def on_picture(self, picture: Picture, arrival_s: float) -> None:
        """A decoded composed picture that shows one of ours."""
        identity = read_identity(picture)
        if identity and identity.frame in self.sent:
            self.video.append(time.monotonic() - self.sent.pop(identity.frame))


async def talk(bridge: Bridge, seconds: float, size: str) -> Delays:
    """Two calls for that long."""
    width, height = (int(part) for part in size.split("x"))
    options = DialOptions(bridge.uri(), video="pattern:1", size=Size(width, height), bitrate_bps=2_000_000)
    engine = Engine(port_min=50_000, port_max=50_999)
    switchboard, delays = Switchboard(), Delays()
    with tempfile.TemporaryDirectory() as folder:
        stack = SipStack(sip_settings(options, "127.0.0.1"), Path(folder))
        engine.start()
        await stack.start(switchboard)
        calls = []
        for _ in range(2):
            leg = LegId(uuid.uuid4().hex)
            call = DialledCall(leg, options, engine, stack, "127.0.0.1")
            switchboard.legs[leg] = call
            call.call()
            calls.append(call)
        await _run(engine, calls, delays, seconds)
        await stack.stop()
        engine.stop()
    return delays


async def _run(engine: Engine, calls: list[DialledCall], delays: Delays, seconds: float) -> None:
    speaker, listener = calls
    assert speaker.audio
    assert speaker.video
    assert listener.audio
    assert listener.video
    speaker.video.on_sent = lambda number, now: delays.sent.__setitem__(number, now)
    listener.video.listeners.append(delays.on_picture)
    burst = sine(1000, BURST_S, -12.0).data
    streams = {opened.id: call for call in calls for _, opened in call.transports}
    started_s = burst_due_s = time.monotonic() + 3.0
    frame_due_s = 0.0
    while (now := time.monotonic()) < started_s + seconds:
        for event in engine.take_events():
            streams[event.stream].on_engine_event(event)
        if now >= frame_due_s and speaker.answered:
            frame_due_s = max(frame_due_s + 1 / 30, now - 1 / 30)
            speaker.video.send_picture(now)
        heard = listener.audio.collect() if listener.answered else b""
        if now < started_s:
            for call in calls:
                if call.answered and call.audio:
                    call.audio.be_silent()
        else:
            delays.on_heard(heard, time.monotonic())
            if now >= burst_due_s:
                burst_due_s += BURST_EVERY_S
                delays.on_burst(time.monotonic())
                engine.play(speaker.audio.transport, burst)
        await asyncio.sleep(0.001)


def figures(delays: Delays) -> dict[str, object]:
    """Median and 95th percentile in milliseconds."""
    found: dict[str, object] = {"scenario": "delay"}
    for name, values in (("mouth_to_ear", delays.audio), ("glass_to_glass", delays.video)):
        settled = values[len(values) // 10 :]
        found[f"{name}_ms"] = round(1000 * statistics.median(settled), 1) if settled else None
        found[f"{name}_p95_ms"] = (
            round(1000 * statistics.quantiles(settled, n=20)[-1], 1) if len(settled) > 20 else None
        )
        found[f"{name}_samples"] = len(settled)
    return found


def main() -> None:
    """Command line: seconds, size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--size", default="1280x720")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_bridge(Path(folder)) as bridge:
        print(json.dumps(figures(asyncio.run(talk(bridge, arguments.seconds, arguments.size)))))


if __name__ == "__main__":
    main()
