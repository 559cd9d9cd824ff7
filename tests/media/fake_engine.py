"""The native engine without sockets or threads: remembers what it is told, tells what the test wants."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cms_media.codecs.encoder import EncoderFormat, VideoEncoder
from cms_media.codecs.pattern import PatternSource
from cms_media.codecs.table import Codec


class FakeTransport(NamedTuple):
    """Ports follow from the id."""

    id: int

    @property
    def rtp_port(self) -> int:
        return 40_000 + 2 * self.id

    @property
    def rtcp_port(self) -> int:
        return self.rtp_port + 1


class FakeUnit(NamedTuple):
    """An access unit."""

    stream: int
    codec: str
    data: bytes
    key_frame: bool = False
    damaged: bool = False


class Sent(NamedTuple):
    """One picture handed over for sending."""

    streams: tuple[int, ...]
    data: bytes
    key_frame: bool


@dataclass
class FakeEngine:
    """What the worker uses of Engine."""

    transports_left: int = 100
    understands_feedback: bool = True
    audio: dict[int, Any] = field(default_factory=dict)
    video: dict[int, Any] = field(default_factory=dict)
    idled: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    played: list[tuple[int, bytes | None, bool]] = field(default_factory=list)
    key_frames_asked: list[int] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)
    heard: list[tuple[int, float]] = field(default_factory=list)
    bitrates_asked: list[tuple[int, int]] = field(default_factory=list)
    seen: dict[int, bool] = field(default_factory=dict)
    units: dict[int, int] = field(default_factory=dict)
    """Access units that came on each stream."""
    limits_bps: dict[int, int] = field(default_factory=dict)
    spans: dict[int, tuple[bool, int]] = field(default_factory=dict)
    opened: int = 0

    def __post_init__(self) -> None:
        self._eventfd = os.eventfd(0)

    def fileno(self) -> int:
        return self._eventfd

    def open_transport(self, address: str) -> FakeTransport:
        if self.opened >= self.transports_left:
            raise OSError("no free port")
        self.opened += 1
        return FakeTransport(self.opened)

    def close_transport(self, transport: int) -> None:
        self.closed.append(transport)

    def set_audio(self, transport: int, stream: Any) -> None:
        self.audio[transport] = stream

    def set_video(self, transport: int, stream: Any) -> None:
        self.video[transport] = stream

    def idle(self, transport: int) -> None:
        self.idled.append(transport)

    def send_video(self, streams: Sequence[int], data: bytes, capture_s: float, key_frame: bool) -> None:
        self.sent.append(Sent(tuple(streams), bytes(data), key_frame))

    def request_key_frame(self, stream: int) -> bool:
        assert self.seen.get(stream, True), "it would not be handed out"
        self.key_frames_asked.append(stream)
        return self.understands_feedback

    def request_bitrate(self, stream: int, bitrate_bps: int) -> bool:
        self.bitrates_asked.append((stream, bitrate_bps))
        return self.understands_feedback

    def play(self, stream: int, samples: bytes | None, loop: bool = False, gain: float = 1.0) -> None:
        self.played.append((stream, samples, loop))

    def span_room(self, room: int, write: Any, read: list[Any]) -> None:
        self.spans[room] = (write is not None, len(read))

    def take_events(self) -> list[Any]:
        events, self.events = self.events, []
        return events

    def loudest(self, followed: Sequence[int]) -> list[tuple[int, float]]:
        found = [level for level in self.heard if level[0] in followed]
        others: dict[int, tuple[int, float]] = {}
        for level in sorted(set(self.heard) - set(found), key=lambda level: level[1]):
            if level[0] in self.audio:
                others[self.audio[level[0]].room] = level
        return found + list(others.values())

    def set_seen(self, stream: int, seen: bool) -> None:
        self.seen[stream] = seen

    def video_state(self, stream: int) -> tuple[int, int]:
        return self.units.get(stream, 0), self.limits_bps.get(stream, 0)

    def stats(self, stream: int) -> dict[str, Any]:
        limit_bps = self.limits_bps.get(stream, 0)
        return {
            "packets_received": 10 * stream,
            "packets_lost": 0,
            "codec_received": "opus",
            "details": {},
            "bitrate_limit_bps": limit_bps,
        }

    def snapshot(self) -> dict[str, Any]:
        return {"streams": self.opened, "rooms": {}}


class FakeCamera:
    """The peer's side: access units of the test picture on one stream."""

    def __init__(
        self, stream: int, source: int, width_px: int = 320, height_px: int = 180, codec: Codec = Codec.H264
    ) -> None:
        self._stream = stream
        self._codec = codec
        self._pattern = PatternSource(source, width_px, height_px)
        self._encoder = VideoEncoder(EncoderFormat(codec, width_px, height_px))

    def unit(self, key_frame: bool = False) -> FakeUnit:
        encoded = self._encoder.encode(self._pattern.next_picture(), key_frame)
        return FakeUnit(self._stream, self._codec.value, encoded.data, encoded.key_frame)
