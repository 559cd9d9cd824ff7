"""One worker process as control sees it: started, spoken to over a socket pair, stopped."""

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import AsyncIterator

from cms_media.base.errors import ResourceError
from cms_media.media.json_codec import MessageError
from cms_media.media.messages import MAX_LINE_BYTES, Message, Ready, StartEngine, decode, encode

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 3.0
_MAX_BACKLOG_BYTES = 8 << 20
"""A worker that has not read for this much is stuck: it is killed, and then replaced like any that died."""

log = logging.getLogger(__name__)


class WorkerProcess:
    """A running worker. Made by `start`."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self.heard = True
        """Something has come from it; whoever watches sets it back."""

    @classmethod
    async def start(cls, settings: StartEngine) -> "WorkerProcess":
        """Starts a process and waits until its engine runs. Raises ResourceError when it does not."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "cms_media.media.worker", "--fd", str(theirs.fileno())),
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
            )
        reader, writer = await asyncio.open_connection(sock=ours, limit=MAX_LINE_BYTES)
        worker = cls(process, reader, writer)
        worker.send(settings)
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                first = await anext(worker.messages(), None)
        except TimeoutError:
            first = None
        if not isinstance(first, Ready):
            await worker.stop()
            raise ResourceError(f"media worker pid={process.pid} does not start")
        return worker

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def send(self, message: Message) -> None:
        """Hands a message over; returns at once."""
        if self._writer.is_closing():
            return
        self._writer.write(encode(message))
        if self._writer.transport.get_write_buffer_size() > _MAX_BACKLOG_BYTES:
            log.error("event=worker_stuck pid=%d", self.pid)
            self.kill()

    async def messages(self) -> AsyncIterator[Message]:
        """What the worker says, until it is gone."""
        while True:
            try:
                line = await self._reader.readline()
            except (OSError, ValueError):  # ValueError: a line beyond MAX_LINE_BYTES
                return
            if not line:
                return
            self.heard = True
            try:
                yield decode(line)
            except MessageError as error:
                log.error("event=bad_message pid=%d error=%s", self.pid, error)

    async def stop(self) -> None:
        """Closes the socket, which ends the worker; kills it when it does not go. Idempotent."""
        self._writer.close()
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await self._process.wait()
        except TimeoutError:
            log.error("event=worker_killed pid=%d", self.pid)
            self.kill()
            await self._process.wait()

    def kill(self) -> None:
        """At once, whatever it does; `messages` ends then."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
