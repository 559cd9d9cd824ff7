"""The whole media plane: real worker processes, real engines at both ends, loopback."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from cms_media.base.types import CallId, LegId, MediaKind, SocketAddress
from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.encoder import EncoderFormat, VideoEncoder
from cms_media.codecs.pattern import PatternSource, read_identity
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec
from cms_media.conference.ports import LocalTransport, Scene
from cms_media.layout.types import Rect
from cms_media.media.plane import MediaPlane
from cms_media.media.settings import MediaSettings
from cms_media.media.worker.streams import audio_stream, video_stream
from cms_media.native import AccessUnit, Engine, KeyFrameRequest
from cms_media.sdp.plan import StreamPlan
from tests.media.plans import audio_plan, scene_of, video_plan
from tests.media.recording_events import RecordingEvents

A, B, C = (LegId(name * 32) for name in "abc")
CALL = CallId("call")
HERE = "127.0.0.1"
BOTH = (MediaKind.AUDIO, MediaKind.VIDEO)
FRAME_S = 1 / 30


class _Peer:
    """An endpoint without signalling: sends the test picture, decodes what it gets."""

    def __init__(self, engine: Engine, number: int) -> None:
        self.engine = engine
        self.audio = engine.open_transport(HERE)
        self.video = engine.open_transport(HERE)
        self.pictures: list[Picture] = []
        self._source = PatternSource(number, 640, 360)
        self._format = EncoderFormat(Codec.H264, 640, 360)
        self._encoder = VideoEncoder(self._format, quick=True)
        self._decoder = VideoDecoder(Codec.H264)
        self._key_frame = True

    async def join(self, plane: MediaPlane, events: RecordingEvents, leg: LegId) -> None:
        plane.open(leg, CALL, HERE, BOTH)
        audio, video = await events.transports(leg)
        audio_to, video_to = (_plan_to(transport) for transport in (audio, video))
        self.engine.set_audio(self.audio.id, audio_stream(audio_to, -1, leg[:8]))
        self.engine.set_video(self.video.id, video_stream(video_to, self._format, leg[:8]))
        plans = (
            replace(
                audio_plan(0), remote_rtp=_at(self.audio.rtp_port), remote_rtcp=_at(self.audio.rtcp_port)
            ),
            replace(
                video_plan(1), remote_rtp=_at(self.video.rtp_port), remote_rtcp=_at(self.video.rtcp_port)
            ),
        )
        plane.configure(leg, leg[0].upper(), plans)

    def send_picture(self) -> None:
        encoded = self._encoder.encode(self._source.next_picture(), self._key_frame)
        self._key_frame = False
        now_s = asyncio.get_running_loop().time()
        self.engine.send_video([self.video.id], encoded.data, now_s, encoded.key_frame)

    def take(self, event: object) -> None:
        if isinstance(event, AccessUnit):
            self.pictures += self._decoder.decode(event.data)
        elif isinstance(event, KeyFrameRequest):
            self._key_frame = True

    def sees(self, source: int, x: int, y: int, width: int, height: int) -> bool:
        identity = read_identity(self.pictures[-1], (x, y, width, height)) if self.pictures else None
        return identity is not None and identity.source == source


class _Room:
    """A plane, the peers in it, and the film that they make."""

    def __init__(self, plane: MediaPlane, events: RecordingEvents, engine: Engine) -> None:
        self.plane, self.events, self.engine = plane, events, engine
        self.peers: list[_Peer] = []

    async def join(self, leg: LegId, number: int) -> _Peer:
        peer = _Peer(self.engine, number)
        self.peers.append(peer)
        await peer.join(self.plane, self.events, leg)
        return peer

    async def film_until(self, done: Callable[[], bool], timeout_s: float = 15.0) -> None:
        """Everybody sends at 30 frames a second until something is so."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        while not done():
            assert loop.time() - began_s < timeout_s, "it did not happen in time"
            for peer in self.peers:
                peer.send_picture()
            await asyncio.sleep(FRAME_S)
            self._deliver()

    def _deliver(self) -> None:
        for event in self.engine.take_events():
            for peer in self.peers:
                if event.stream == peer.video.id:
                    peer.take(event)


def _at(port: int) -> SocketAddress:
    return SocketAddress(HERE, port)


def _plan_to(transport: LocalTransport) -> StreamPlan:
    plan = audio_plan() if transport.kind is MediaKind.AUDIO else video_plan()
    return replace(plan, remote_rtp=_at(transport.rtp_port), remote_rtcp=_at(transport.rtcp_port))


@pytest.fixture
async def room() -> AsyncIterator[_Room]:
    events = RecordingEvents()
    plane = MediaPlane(MediaSettings(port_min=21_000, port_max=21_099, silence_timeout_s=1.0), events)
    engine = Engine(port_min=21_100, port_max=21_199)
    await plane.start()
    engine.start()
    yield _Room(plane, events, engine)
    engine.stop()
    await plane.stop()


async def test_three_see_each_other_and_a_late_joiner_at_once(room: _Room) -> None:
    ann, bob = await room.join(A, 1), await room.join(B, 2)
    room.plane.set_scene(A, scene_of(B))
    room.plane.set_scene(B, scene_of(A))
    await room.film_until(lambda: ann.sees(2, 0, 0, 640, 360) and bob.sees(1, 0, 0, 640, 360))
    carol = await room.join(C, 3)
    room.plane.set_scene(C, scene_of(A, B))
    await room.film_until(lambda: carol.sees(1, 0, 0, 640, 360) and carol.sees(2, 640, 0, 640, 360))
    assert len(carol.pictures) <= 30, "a picture of everybody within a second"
    assert ("video", A, True) in room.events.told
    picture = carol.pictures[-1]
    assert (picture.width_px, picture.height_px) == (1280, 720)


async def test_equal_pictures_are_made_once(room: _Room) -> None:
    ann, bob, carol = [await room.join(leg, number) for number, leg in enumerate((A, B, C), 1)]
    whole = Scene((replace(scene_of(A).panes[0], rect=Rect(0, 0, 1, 1)),))
    room.plane.set_scene(B, whole)
    room.plane.set_scene(C, whole)
    await room.film_until(lambda: all(peer.sees(1, 0, 0, 1280, 720) for peer in (bob, carol)))
    await room.film_until(lambda: room.events.values(C).get("video_out_shared_by") == 2)
    assert not ann.pictures


async def test_figures_come_every_second_and_silence_is_noticed(room: _Room) -> None:
    await room.join(A, 1)
    room.plane.set_scene(A, Scene((), "alone", "Demo"))
    await room.film_until(lambda: float(room.events.values(A).get("video_out_fps", 0)) > 5)
    assert int(room.events.values(A)["video_packets_received"]) > 0
    (worker,) = room.plane.snapshot()["workers"]  # type: ignore[misc]
    assert worker["legs"] == 1
    room.engine.stop()
    await room.events.until(lambda: ("timeout", A) in room.events.told)


async def test_a_worker_that_dies_is_replaced_and_its_legs_know(room: _Room) -> None:
    await room.join(A, 1)
    (worker,) = room.plane.snapshot()["workers"]  # type: ignore[misc]
    os.kill(worker["pid"], signal.SIGKILL)
    await room.events.until(lambda: ("failed", A, "media worker lost") in room.events.told)
    await room.events.until(
        lambda: room.plane.snapshot()["restarts"] == 1 and bool(room.plane.snapshot()["workers"])
    )
    room.engine.stop()
    engine = Engine(port_min=21_200, port_max=21_299)
    engine.start()
    room.engine = engine
    again = await room.join(B, 2)
    room.plane.set_scene(B, Scene((), "alone", "Demo"))
    room.peers = [again]
    await room.film_until(lambda: bool(again.pictures))
    engine.stop()


async def test_ports_used_up_is_one_legs_failure(room: _Room) -> None:
    for number in range(14):
        room.plane.open(LegId(f"{number:032x}"), CALL, HERE, BOTH + BOTH)
    await room.events.until(lambda: any(told[0] == "failed" for told in room.events.told))
    assert room.plane.snapshot()["workers"]
