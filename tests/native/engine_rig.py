"""Two engines on loopback and what tests need around them: tones, synthetic pictures, bounded waits, a lossy relay."""

import contextlib
import random
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cms_media.native import AccessUnit, AudioStream, Engine, Transport, VideoStream

LOOPBACK = "127.0.0.1"
SRTP_KEY_BYTES = {
    "AES_CM_128_HMAC_SHA1_80": 30,
    "AES_CM_128_HMAC_SHA1_32": 30,
    "AEAD_AES_128_GCM": 28,
    "AEAD_AES_256_GCM": 44,
}
PAYLOAD_TYPES = {"PCMU": 0, "PCMA": 8, "G722": 9, "opus": 111, "H264": 96, "VP8": 97}
DEADLINE_S = 10.0
# Port ranges in these tests are below those that the system hands out by itself.

T = TypeVar("T")


@dataclass(slots=True)
class Rig:
    """Two started engines: `near` stands for an endpoint, `far` for the bridge. Events are kept as they come."""

    near: Engine
    far: Engine
    events: dict[str, list[object]] = field(default_factory=lambda: {"near": [], "far": []})
    ports: dict[int, int] = field(default_factory=dict)
    """RTP port of each stream of `far`."""

    def pump(self, timeout_s: float) -> None:
        """Waits for events of either engine and keeps them."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.near.fileno(), selectors.EVENT_READ)
            selector.register(self.far.fileno(), selectors.EVENT_READ)
            selector.select(timeout_s)
        self.events["near"] += self.near.take_events()
        self.events["far"] += self.far.take_events()

    def until(self, condition: Callable[[], bool]) -> None:
        """Fails when it has not become true in time. Statistics may follow an event by a moment, never the reverse."""
        give_up_s = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < give_up_s, "waited in vain"
            self.pump(0.02)
        self.pump(0)

    def of(self, side: str, kind: type[T]) -> list[T]:
        return [event for event in self.events[side] if isinstance(event, kind)]

    def units(self, side: str) -> list[AccessUnit]:
        return self.of(side, AccessUnit)


@contextlib.contextmanager
def rig(silence_timeout_s: float = 30.0) -> Iterator[Rig]:
    near = Engine(port_min=21000, port_max=21999, silence_timeout_s=silence_timeout_s)
    far = Engine(port_min=22000, port_max=22999, silence_timeout_s=silence_timeout_s)
    near.start()
    far.start()
    try:
        yield Rig(near, far)
    finally:
        near.stop()
        far.stop()


def settle(engine: Engine) -> None:
    """Returns when all that was asked of the engine before is done: closing a transport waits for its thread."""
    engine.close_transport(engine.open_transport(LOOPBACK).id)


def srtp_key(suite: str | None, seed: int) -> tuple[str, bytes] | None:
    return None if suite is None else (suite, random.Random(seed).randbytes(SRTP_KEY_BYTES[suite]))


def audio_to(remote: Transport, codec: str = "PCMU", host: str = LOOPBACK) -> AudioStream:
    stream = AudioStream()
    stream.remote_rtp = (host, remote.rtp_port)
    stream.remote_rtcp = (host, remote.rtcp_port)
    stream.send_codec = codec
    stream.send_payload_type = PAYLOAD_TYPES[codec]
    stream.receive = [(PAYLOAD_TYPES[codec], codec)]
    stream.dtmf_send_payload_type = 101
    stream.dtmf_receive_payload_types = [101]
    stream.dtmf_clock_hz = 48000 if codec == "opus" else 8000
    stream.cname = "test"
    return stream


def connect_audio(
    rig: Rig, codec: str = "PCMU", suite: str | None = None, *, room: int = -1, host: str = LOOPBACK
) -> tuple[int, int]:
    """One audio stream between the engines; returns its id at each end."""
    near, far = rig.near.open_transport(host), rig.far.open_transport(host)
    rig.ports[far.id] = far.rtp_port
    outgoing, incoming = audio_to(far, codec, host), audio_to(near, codec, host)
    outgoing.srtp_send = incoming.srtp_receive = srtp_key(suite, 1)
    outgoing.srtp_receive = incoming.srtp_send = srtp_key(suite, 2)
    incoming.room = room
    rig.near.set_audio(near.id, outgoing)
    rig.far.set_audio(far.id, incoming)
    return near.id, far.id


def video_to(port: int, codec: str = "H264") -> VideoStream:
    stream = VideoStream()
    stream.remote_rtp = stream.remote_rtcp = (LOOPBACK, port)
    stream.rtcp_mux = True
    stream.send_codec = codec
    stream.send_payload_type = PAYLOAD_TYPES[codec]
    stream.receive = [(96, "H264"), (97, "VP8")]
    stream.nack = stream.pli = True
    stream.cname = "test"
    return stream


def connect_video(
    rig: Rig, change: Callable[[VideoStream], None] = lambda _: None, codec: str = "H264"
) -> tuple[int, int]:
    near, far = rig.near.open_transport(LOOPBACK), rig.far.open_transport(LOOPBACK)
    rig.ports[far.id] = far.rtp_port
    outgoing, incoming = video_to(far.rtp_port, codec), video_to(near.rtp_port, codec)
    change(outgoing)
    change(incoming)
    rig.near.set_video(near.id, outgoing)
    rig.far.set_video(far.id, incoming)
    settle(rig.far)
    return near.id, far.id


# --- sound ------------------------------------------------------------------------------------------------------


def tone(frequency_hz: float, seconds: float = 1.0, amplitude: int = 8000) -> bytes:
    """48 kHz mono; a whole number of periods when frequency times seconds is one."""
    samples = np.arange(int(48000 * seconds))
    return (amplitude * np.sin(2 * np.pi * frequency_hz * samples / 48000)).astype(np.int16).tobytes()


def tap_of(engine: Engine, stream: int) -> NDArray[np.int16]:
    return np.frombuffer(engine.read_tap(stream), np.int16)


def power_dbov(samples: NDArray[np.int16], frequency_hz: float) -> float:
    """Power of one frequency; a full-scale sine is -3. `samples` hold whole periods of it."""
    turns = np.exp(-2j * np.pi * frequency_hz * np.arange(len(samples)) / 48000)
    amplitude = 2 * abs(np.mean(samples * turns)) / 32768
    return float(20 * np.log10(amplitude / np.sqrt(2) + 1e-9))


# --- pictures ---------------------------------------------------------------------------------------------------


def nal(header: int, size: int, source: random.Random) -> bytes:
    """A NAL unit with its start code. No zero byte inside, so nothing looks like a start code."""
    return b"\0\0\0\1" + bytes([header]) + bytes(source.choices(range(1, 256), k=size - 1))


def h264_picture(seed: int, *, key_frame: bool = False, slices: tuple[int, ...] = (900, 400)) -> bytes:
    source = random.Random(seed)
    if not key_frame:
        return b"".join(nal(0x41, size, source) for size in slices)
    parameter_sets = nal(0x67, 12, source) + nal(0x68, 5, source)
    return parameter_sets + b"".join(nal(0x65, size, source) for size in slices)


def vp8_picture(seed: int, *, key_frame: bool = False, size: int = 3000) -> bytes:
    body = random.Random(seed).randbytes(size)
    if key_frame:
        return bytes([0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x40, 0x01, 0xB4, 0x00]) + body
    return bytes([0x11, 0, 0]) + body


# --- a path that loses ------------------------------------------------------------------------------------------


class LossyRelay:
    """Passes datagrams between two peers; `lose(packet)` decides about those from left to right. Own thread."""

    def __init__(self, lose: Callable[[bytes], bool]) -> None:
        self._lose = lose
        self._sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for one in self._sockets:
            one.bind((LOOPBACK, 0))
        self.left_port, self.right_port = (one.getsockname()[1] for one in self._sockets)
        self._peers: list[int] = [0, 0]
        self._bell, self._ear = socket.socketpair()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.lost = 0

    def start(self, left_peer_port: int, right_peer_port: int) -> None:
        self._peers = [left_peer_port, right_peer_port]
        self._thread.start()

    def stop(self) -> None:
        self._bell.close()
        self._thread.join()
        for one in (*self._sockets, self._ear):
            one.close()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            for side, one in enumerate(self._sockets):
                selector.register(one, selectors.EVENT_READ, side)
            selector.register(self._ear, selectors.EVENT_READ, -1)
            while True:
                for key, _ in selector.select():
                    if key.data == -1:
                        return
                    self._pass(key.data)

    def _pass(self, side: int) -> None:
        packet = self._sockets[side].recv(65536)
        if side == 0 and self._lose(packet):
            self.lost += 1
            return
        self._sockets[1 - side].sendto(packet, (LOOPBACK, self._peers[1 - side]))


def is_rtcp(packet: bytes) -> bool:
    return 192 <= packet[1] <= 223
