"""Lets sipp speak TLS, which Debian's build of it lacks: bytes between a plain TCP side and a TLS side.

Either the relay is called in the clear and calls by TLS (sipp calls the bridge), or the other way round.
"""

import asyncio
import queue
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cms_media.endpoint.free_port import free_port

HOST = "127.0.0.1"
CHUNK = 65536


@dataclass(slots=True)
class TlsRelay:
    """`listen_tls`: the context of the side that listens, None for plain; `call_tls` of the side that calls."""

    target_port: int
    listen_tls: ssl.SSLContext | None = None
    call_tls: ssl.SSLContext | None = None
    port: int = field(default_factory=free_port)
    versions: list[str] = field(default_factory=list)
    """TLS versions of the connections made."""

    async def serve(self, ready: Callable[[Callable[[], object]], None]) -> None:
        """Until what `ready` is told is called, from any thread."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        async with await asyncio.start_server(self._relay, HOST, self.port, ssl=self.listen_tls):
            ready(lambda: loop.call_soon_threadsafe(done.set))
            await done.wait()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward = await asyncio.open_connection(
            HOST, self.target_port, ssl=self.call_tls, server_hostname=HOST if self.call_tls else None
        )
        for side in (writer, onward[1]):
            if secured := side.get_extra_info("ssl_object"):
                self.versions.append(secured.version())
        await asyncio.gather(_copy(reader, onward[1]), _copy(onward[0], writer))


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(CHUNK):
            sink.write(data)
            await sink.drain()
    except OSError:
        pass
    finally:
        sink.close()


@contextmanager
def running(relay: TlsRelay) -> Iterator[TlsRelay]:
    """The relay on a thread of its own for the length of a block."""
    stops: queue.Queue[Callable[[], object]] = queue.Queue()
    thread = threading.Thread(target=lambda: asyncio.run(relay.serve(stops.put)), daemon=True)
    thread.start()
    stop = stops.get(timeout=5)
    try:
        yield relay
    finally:
        stop()
        thread.join(5)
