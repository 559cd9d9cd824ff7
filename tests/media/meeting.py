"""Peers without signalling in a media plane of real workers: what tests of whole calls are made of."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from cms_media.base.types import CallId, LegId, MediaKind, SocketAddress
from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.encoder import EncoderFormat, VideoEncoder
from cms_media.codecs.pattern import PatternSource, read_identity
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec
from cms_media.conference.ports import LocalTransport
from cms_media.media.placement import HOME_UNITS
from cms_media.media.plane import MediaPlane
from cms_media.media.settings import MediaSettings
from cms_media.media.worker.streams import audio_stream, video_stream
from cms_media.native import AccessUnit, Engine, KeyFrameRequest
from cms_media.sdp.plan import StreamPlan
from tests.media.plans import audio_plan, video_plan
from tests.media.recording_events import RecordingEvents

CALL = CallId("call")
HERE = "127.0.0.1"
BOTH = (MediaKind.AUDIO, MediaKind.VIDEO)
FRAME_S = 1 / 30


class Peer:
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


class Meeting:
    """A plane, the peers in it, and the film that they make."""

    def __init__(self, plane: MediaPlane, events: RecordingEvents, engine: Engine) -> None:
        self.plane, self.events, self.engine = plane, events, engine
        self.peers: list[Peer] = []

    async def join(self, leg: LegId, number: int) -> Peer:
        peer = Peer(self.engine, number)
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
            await self.plane.ask_legs()

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


@asynccontextmanager
async def meeting(port: int, workers: int = 1, home_units: int = HOME_UNITS) -> AsyncIterator[Meeting]:
    """A plane with its workers, and an engine for the peers; on 300 ports from `port`."""
    events = RecordingEvents()
    settings = MediaSettings(port_min=port, port_max=port + 99, silence_timeout_s=1.0, workers=workers)
    plane = MediaPlane(settings, events, home_units=home_units)
    engine = Engine(port_min=port + 100, port_max=port + 299)
    await plane.start()
    engine.start()
    try:
        yield Meeting(plane, events, engine)
    finally:
        engine.stop()
        await plane.stop()
