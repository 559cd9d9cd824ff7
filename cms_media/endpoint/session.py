"""Runs one dialled call from the first packet to the report: owns the stack, the engine and the frame clock."""

import asyncio
import contextlib
import socket
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cms_media.base.errors import ResourceError
from cms_media.base.types import LegId
from cms_media.codecs.recorder import Recorder
from cms_media.endpoint.call import DialledCall
from cms_media.endpoint.free_port import free_port
from cms_media.endpoint.options import DialOptions
from cms_media.endpoint.report import DialReport
from cms_media.native import Engine
from cms_media.signalling.settings import SipCredential, SipSettings
from cms_media.signalling.stack import SipStack

_ANSWER_S = 32.0
"""Timer B of RFC 3261: no answer by then means there is nobody."""
_COLLECT_S = 0.2
_MEDIA_PORTS = (50_000, 59_999)
_PORT_ATTEMPTS = 4
_DTMF_AFTER_S = 1.0
_BYE_S = 0.3


def local_address_towards(uri: str) -> str:
    """Our own IP address on the path to the URI's host: no packet is sent. Raises OSError for an unknown host."""
    host = uri.partition(":")[2].partition(";")[0].rpartition("@")[2]
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    family, kind, protocol, _, target = socket.getaddrinfo(name, 5060, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.connect(target)
        address: str = probe.getsockname()[0]
        return address


def sip_settings(options: DialOptions, address: str) -> SipSettings:
    """Any free ports of that address, and what the options say of TLS and digest."""
    credentials = (SipCredential(options.username, options.password),) if options.username else ()
    return SipSettings(
        address=address,
        udp_port=free_port(socket.SOCK_DGRAM, address),
        tcp_port=free_port(socket.SOCK_STREAM, address),
        tls_port=free_port(socket.SOCK_STREAM, address),
        user_agent="CMS Media dial",
        tls_verify=options.tls_verify,
        tls_ca=options.tls_ca,
        credentials=credentials,
    )


@dataclass(slots=True)
class _Recording:
    """The file that `--record` asks for; opened by the first sound or picture."""

    path: Path
    options: DialOptions
    file: Recorder | None = None
    audio_s: float = 0.0

    def open(self) -> Recorder:
        if self.file is None:
            size = self.options.receive_size or self.options.size
            self.file = Recorder(self.path, size.width_px, size.height_px, self.options.fps)
        return self.file

    def hear(self, samples: bytes) -> None:
        self.open().write_audio(samples, self.audio_s)
        self.audio_s += len(samples) / 2 / 48_000


class DialSession:
    """Everything of one `cms-media dial`."""

    def __init__(self, options: DialOptions) -> None:
        self._options = options
        self._engine = Engine(port_min=_MEDIA_PORTS[0], port_max=_MEDIA_PORTS[1])

    async def run(self) -> DialReport:
        """Dials, stays, measures, hangs up. Raises CmsMediaError or OSError for what never became a call."""
        options = self._options
        address = options.address or local_address_towards(options.uri)
        with tempfile.TemporaryDirectory() as folder:
            leg = LegId(uuid.uuid4().hex)
            self._engine.start()
            try:
                stack, call = await self._begin(leg, address, Path(folder))
                try:
                    return await self._hold(call, stack, leg)
                finally:
                    await stack.stop()
            finally:
                self._engine.stop()

    async def _begin(self, leg: LegId, address: str, folder: Path) -> tuple[SipStack, DialledCall]:
        """A free port may be taken by another endpoint before we listen on it: then with others, a few times."""
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            stack = SipStack(sip_settings(self._options, address), folder)
            call = DialledCall(leg, self._options, self._engine, stack, address)
            try:
                await stack.start(call)
            except ResourceError:
                if attempt == _PORT_ATTEMPTS:
                    raise
            else:
                return stack, call
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _hold(self, call: DialledCall, stack: SipStack, leg: LegId) -> DialReport:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._engine.fileno(), self._drain, call)
        frames = asyncio.create_task(self._send_frames(call))
        try:
            call.call()
            await self._until(call, lambda: call.answered, _ANSWER_S)
            if call.answered:
                await self._stay(call)
            report = call.measure()
            self._save_snapshot(call)
            await self._until(call, lambda: False, self._options.linger_s)
            if not call.ended:
                stack.hang_up(leg)
                await self._until(call, lambda: False, _BYE_S)
            return report
        finally:
            frames.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await frames
            loop.remove_reader(self._engine.fileno())

    async def _stay(self, call: DialledCall) -> None:
        options = self._options
        started_s = time.monotonic()
        recording = _Recording(Path(options.record), options) if options.record else None
        if recording and call.video:
            call.video.listeners.append(
                lambda picture, at: recording.open().write_video(picture, at - started_s)
            )
        digits = options.dtmf
        while not call.ended and time.monotonic() - started_s < options.seconds:
            left_s = options.seconds - (time.monotonic() - started_s)
            await asyncio.sleep(max(0.0, min(_COLLECT_S, left_s)))
            heard = call.audio.collect() if call.audio else b""
            if recording and heard:
                recording.hear(heard)
            if digits and time.monotonic() - started_s >= _DTMF_AFTER_S:
                call.send_digits(digits)
                digits = ""
        if recording and recording.file:
            recording.file.close()

    async def _send_frames(self, call: DialledCall) -> None:
        due_s = time.monotonic()
        while True:
            if call.video is not None and call.answered:
                call.video.send_picture(time.monotonic())
            # A frame that is late by more than one is left out: catching up would burst.
            due_s = max(due_s + 1 / self._options.fps, time.monotonic() - 1 / self._options.fps)
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))

    async def _until(self, call: DialledCall, done: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not done() and not call.ended and time.monotonic() < deadline:
            await asyncio.sleep(0.005)

    def _drain(self, call: DialledCall) -> None:
        for event in self._engine.take_events():
            call.on_engine_event(event)

    def _save_snapshot(self, call: DialledCall) -> None:
        if self._options.snapshot and call.video:
            call.video.save_snapshot(Path(self._options.snapshot))
