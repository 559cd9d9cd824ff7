"""A participant whose media a test makes itself: sound by hand, pictures by an encoder and a native Engine."""

import math
import random
import socket
import struct
import threading
import time
from types import TracebackType
from typing import Self

from cms_media.codecs.encoder import EncoderFormat, VideoEncoder
from cms_media.codecs.files import PatternSource
from cms_media.codecs.table import Codec
from cms_media.native import AudioStream, Engine, KeyFrameRequest, Transport, VideoStream
from tests.interop.bridge import Bridge
from tests.interop.raw_caller import RawCaller

PCMU, VIDEO, UNHEARD_OF = 0, 97, 77
TICK_S, TICK_SAMPLES = 0.02, 160
_PORTS = (61_000, 61_998)


class BadCaller:
    """A call of one m-line: `send` and `send_rtcp` put any bytes on the wire, from the negotiated addresses."""

    def __init__(self, bridge: Bridge, name: str, codec: Codec = Codec.PCMU) -> None:
        self.name = name
        self._sockets = _pair()
        self.port: int = self._sockets[0].getsockname()[1]
        """Where its RTP comes from; RTCP from the next."""
        self._sip = RawCaller(bridge, name)
        media = (
            [f"m=audio {self.port} RTP/AVP {PCMU}"] if codec is Codec.PCMU else video_lines(self.port, codec)
        )
        (self.bridge_port,) = self._sip.invite(*media).ports

    @property
    def address(self) -> str:
        """As the bridge logs it."""
        return f"127.0.0.1:{self.port}"

    def send(self, datagram: bytes) -> None:
        self._sockets[0].sendto(datagram, ("127.0.0.1", self.bridge_port))

    def send_rtcp(self, datagram: bytes) -> None:
        self._sockets[1].sendto(datagram, ("127.0.0.1", self.bridge_port + 1))

    def talk(self, packets: int = 10) -> None:
        """Speaks silence as it should be spoken."""
        for number in range(packets):
            self.send(rtp(number, bytes([0xFF]) * TICK_SAMPLES))
            time.sleep(TICK_S)

    def vanish(self) -> None:
        """No BYE, no RTCP, no sockets."""
        self._sip.close()
        for each in self._sockets:
            each.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._sip.bye()
        self.vanish()


def _pair() -> tuple[socket.socket, socket.socket]:
    """Two sockets on ports that follow one another."""
    for _ in range(50):
        first, second = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        first.bind(("127.0.0.1", 0))
        try:
            second.bind(("127.0.0.1", first.getsockname()[1] + 1))
        except (OSError, OverflowError):
            first.close()
            second.close()
        else:
            return first, second
    raise RuntimeError("no two free ports in a row")


def video_lines(port: int, codec: Codec) -> list[str]:
    """An m-line of one video codec."""
    lines = [f"m=video {port} RTP/AVP {VIDEO}", f"a=rtpmap:{VIDEO} {codec.value}/90000"]
    if codec is Codec.H264:
        lines.append(f"a=fmtp:{VIDEO} profile-level-id=42e01f;packetization-mode=1")
    return lines


def rtp(number: int, payload: bytes, payload_type: int = PCMU, ssrc: int = 0xBAD) -> bytes:
    """A packet of RFC 3550 section 5.1, the `number`-th of its stream."""
    header = struct.pack("!BBHII", 0x80, payload_type, number & 0xFFFF, number * TICK_SAMPLES, ssrc)
    return header + payload


def tone_pcmu(number: int, frequency_hz: int) -> bytes:
    """The `number`-th 20 ms of a square wave in PCMU: 0x90 and 0x10 are loud, of either sign."""
    first = number * TICK_SAMPLES
    phases = (math.sin(2 * math.pi * frequency_hz * (first + i) / 8000) for i in range(TICK_SAMPLES))
    return bytes(0x90 if phase >= 0 else 0x10 for phase in phases)


def garbage(count: int, seed: int) -> list[bytes]:
    """Bytes without sense, of all lengths that fit."""
    chance = random.Random(seed)
    return [chance.randbytes(chance.randint(1, 1400)) for _ in range(count)]


class EngineCaller:
    """A call whose one stream runs on an Engine of its own. Leave the block to end it."""

    def __init__(self, bridge: Bridge, name: str) -> None:
        self._engine = Engine(port_min=_PORTS[0], port_max=_PORTS[1])
        self._engine.start()
        self._transport: Transport = self._engine.open_transport("127.0.0.1")
        self._sip = RawCaller(bridge, name)

    @property
    def address(self) -> str:
        """As the bridge logs it."""
        return f"127.0.0.1:{self._transport.rtp_port}"

    def call_with_audio(self, *security: str) -> int:
        """PCMU; `security`: a=crypto lines, and then the profile is SAVP. The bridge's port."""
        profile = "RTP/SAVP" if security else "RTP/AVP"
        (port,) = self._sip.invite(f"m=audio {self._transport.rtp_port} {profile} {PCMU}", *security).ports
        return port

    def call_with_video(self, codec: Codec) -> int:
        """The bridge's port."""
        (port,) = self._sip.invite(*video_lines(self._transport.rtp_port, codec)).ports
        return port

    def speak(self, port: int, key: tuple[str, bytes] | None) -> None:
        """Sends sound to the bridge's port, protected with `key`."""
        stream = AudioStream()
        _point(stream, port)
        stream.send_codec, stream.send_payload_type, stream.receive = "PCMU", PCMU, [(PCMU, "PCMU")]
        stream.packet_time_ms, stream.dtmf_send_payload_type, stream.room = 20, -1, -1
        stream.srtp_send = key
        self._engine.set_audio(self._transport.id, stream)

    def show(self, port: int, codec: Codec) -> "Camera":
        """Sends pictures to the bridge's port, from a thread of its own."""
        self._engine.set_video(self._transport.id, camera_stream(port, codec))
        return Camera(self._engine, self._transport.id, codec)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._sip.bye()
        self._sip.close()
        self._engine.stop()


def camera_stream(port: int, codec: Codec) -> VideoStream:
    """Pictures in the clear to and from the bridge's port."""
    stream = VideoStream()
    _point(stream, port)
    stream.send_codec, stream.send_payload_type, stream.packetization_mode = codec.value, VIDEO, 1
    stream.receive, stream.max_payload_bytes = [(VIDEO, codec.value)], 1200
    return stream


def _point(stream: AudioStream | VideoStream, port: int) -> None:
    stream.remote_rtp, stream.remote_rtcp = ("127.0.0.1", port), ("127.0.0.1", port + 1)
    stream.rtcp_mux, stream.sending, stream.receiving, stream.cname = False, True, True, "bad"


class Camera(threading.Thread):
    """Sends pictures of one size after another over one stream; from `start` on only it touches the engine."""

    def __init__(self, engine: Engine, stream: int, codec: Codec) -> None:
        super().__init__(daemon=True)
        self._engine = engine
        self._stream = stream
        self._codec = codec
        self._stopped = threading.Event()
        self.size = (640, 360)

    def run(self) -> None:
        size, key_frame = (0, 0), True
        while not self._stopped.wait(1 / 30):
            if size != self.size:
                size, key_frame = self.size, True
                encoder = VideoEncoder(EncoderFormat(self._codec, *size))
                source = PatternSource(9, *size)
            encoded = encoder.encode(source.next_picture(), key_frame)
            self._engine.send_video([self._stream], encoded.data, time.monotonic(), encoded.key_frame)
            key_frame = any(isinstance(event, KeyFrameRequest) for event in self._engine.take_events())

    def stop(self) -> None:
        """Waits for its end."""
        self._stopped.set()
        self.join(10)
