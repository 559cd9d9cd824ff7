"""One leg's whole cost: N legs that all send and see each other, CPU of the worker processes alone.

The peers are an engine in this process that sends pictures encoded beforehand and throws away what it gets.
"""

import argparse
import asyncio
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.moving_picture import MovingPicture
from cms_media.base.types import CallId, LegId, MediaKind, SocketAddress
from cms_media.codecs.encoder import EncodedPicture, EncoderFormat, VideoEncoder
from cms_media.codecs.table import Codec
from cms_media.conference.ports import Scene
from cms_media.layout.arrange import Candidate, arrange
from cms_media.layout.types import LayoutName
from cms_media.media.plane import MediaPlane
from cms_media.media.settings import MediaSettings
from cms_media.media.worker.streams import audio_stream, video_stream
from cms_media.native import Engine
from cms_media.sdp.plan import StreamPlan
from tests.media.plans import audio_plan, video_plan
from tests.media.recording_events import RecordingEvents

HERE = "127.0.0.1"
WARM_UP_S, MEASURED_S = 4.0, 10.0
FPS = 30
SENT = EncoderFormat(Codec.H264, 1280, 720, FPS, 1_500_000)
LEGS = (2, 4, 9)
_COUNTED = ("uptime_s", "cpu_s", "views", "views_relayed", "frames_late")


def main() -> None:
    """Prints, per layout and number of legs: cores used, and cores per leg; frames that came too late."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--legs", type=int, nargs="*", default=LEGS)
    film = _film()
    cases = [
        asyncio.run(_measure(legs, layout, film))
        for layout in (LayoutName.ALL_EQUAL, LayoutName.SPEAKER_ONLY)
        for legs in parser.parse_args().legs
    ]
    print(json.dumps({"scenario": "leg_cost", "sent": "H264 1280x720 30 fps", "cases": cases}))


def _film() -> list[EncodedPicture]:
    """Four seconds, a key frame first, so that it can be looped."""
    encoder, moving = VideoEncoder(SENT), MovingPicture(SENT.width_px, SENT.height_px)
    return [encoder.encode(moving.next_picture()) for _ in range(4 * FPS)]


async def _measure(legs: int, layout: LayoutName, film: Sequence[EncodedPicture]) -> dict[str, object]:
    events = RecordingEvents()
    plane = MediaPlane(MediaSettings(port_min=22_000, port_max=22_999), events)
    engine = Engine(port_min=23_000, port_max=23_999)
    await plane.start()
    engine.start()
    try:
        streams = await _join(plane, events, engine, legs, layout)
        sender = asyncio.create_task(_send(engine, streams, film))
        await asyncio.sleep(WARM_UP_S)
        before = _load(plane)
        await asyncio.sleep(MEASURED_S)
        after = _load(plane)
        await plane.ask_legs()
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)
    finally:
        engine.stop()
        await plane.stop()
    # a worker reports once a second on its own clock: its status says how far apart the two were
    seconds = after["uptime_s"] - before["uptime_s"]
    cores = (after["cpu_s"] - before["cpu_s"]) / seconds
    fps = [float(events.values(leg).get("video_out_fps", 0)) for leg in _legs(legs)]
    return {
        "layout": layout.value,
        "legs": legs,
        "views": after["views"],
        "cores": round(cores, 3),
        "cores_per_leg": round(cores / legs, 4),
        "frames_late": after["frames_late"] - before["frames_late"],
        "fps_least": min(fps),
    }


async def _join(
    plane: MediaPlane, events: RecordingEvents, engine: Engine, legs: int, layout: LayoutName
) -> list[int]:
    """Everybody comes; returns the peers' video streams."""
    candidates = [Candidate(leg) for leg in _legs(legs)]
    streams = []
    for leg in _legs(legs):
        plane.open(leg, CallId("bench"), HERE, (MediaKind.AUDIO, MediaKind.VIDEO))
        theirs = await events.transports(leg)
        ours = [engine.open_transport(HERE), engine.open_transport(HERE)]
        plans = [audio_plan(), video_plan()]
        to_worker = [_to(plan, port.rtp_port) for plan, port in zip(plans, theirs, strict=True)]
        engine.set_audio(ours[0].id, audio_stream(to_worker[0], -1, "a"))
        engine.play(ours[0].id, _tone(), loop=True)
        engine.set_video(ours[1].id, video_stream(to_worker[1], SENT, "a"))
        from_worker = [_to(plan, port.rtp_port) for plan, port in zip(plans, ours, strict=True)]
        plane.configure(leg, "A participant", from_worker)
        plane.set_scene(leg, Scene(arrange(layout, candidates, leg), active=candidates[0].leg))
        streams.append(ours[1].id)
    return streams


async def _send(engine: Engine, streams: list[int], film: Sequence[EncodedPicture]) -> None:
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    for number, picture in enumerate(itertools.cycle(film)):
        await asyncio.sleep(began_s + number / FPS - loop.time())
        engine.send_video(streams, picture.data, loop.time(), picture.key_frame)
        engine.take_events()


def _legs(count: int) -> list[LegId]:
    return [LegId(f"{number:032x}") for number in range(count)]


def _to(plan: StreamPlan, port: int) -> StreamPlan:
    return replace(plan, remote_rtp=SocketAddress(HERE, port), remote_rtcp=SocketAddress(HERE, port + 1))


def _load(plane: MediaPlane) -> dict[str, float]:
    """Of all workers together; `uptime_s` is the mean."""
    workers: Sequence[Mapping[str, float]] = plane.snapshot()["workers"]  # type: ignore[assignment]
    load = {name: sum(worker[name] for worker in workers) for name in _COUNTED}
    own_views = load["views"] - load["views_relayed"]
    return load | {"views": own_views, "uptime_s": load["uptime_s"] / len(workers)}


def _tone() -> bytes:
    wave = 6000 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)
    return wave.astype("<i2").tobytes()


if __name__ == "__main__":
    main()
