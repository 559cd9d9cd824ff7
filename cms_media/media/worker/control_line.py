"""The worker's end of the socket to control: JSON lines, never blocking."""

import logging
import socket

from cms_media.media.json_codec import MessageError
from cms_media.media.messages import MAX_LINE_BYTES, Message, decode, encode

_READ_BYTES = 1 << 16
_MAX_BACKLOG_BYTES = 8 << 20
"""Control that does not read for this long is stuck; what would come on top is dropped and counted."""

log = logging.getLogger(__name__)


class ControlLine:
    """Lines in, lines out."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._socket = end
        self._incoming = bytearray()
        self._outgoing = bytearray()
        self.dropped = 0
        self.closed = False
        """Control is gone: the worker ends."""

    def fileno(self) -> int:
        """For a selector."""
        return self._socket.fileno()

    @property
    def backlog(self) -> bool:
        """Whether something waits to be written."""
        return bool(self._outgoing)

    def send(self, message: Message) -> None:
        """Writes at once what the socket takes, the rest when `flush` is called."""
        if len(self._outgoing) > _MAX_BACKLOG_BYTES:
            self.dropped += 1
            return
        self._outgoing += encode(message)
        self.flush()

    def flush(self) -> None:
        """Writes what the socket takes now."""
        try:
            while self._outgoing:
                del self._outgoing[: self._socket.send(self._outgoing)]
        except BlockingIOError:
            return
        except OSError:
            self.closed = True

    def receive(self) -> list[Message]:
        """The messages that have come. What is no message is logged: our own fault, but nobody's end."""
        self._read()
        *lines, rest = self._incoming.split(b"\n")
        self._incoming = rest
        messages = []
        for line in lines:
            try:
                messages.append(decode(bytes(line)))
            except MessageError as error:
                log.error("event=bad_message error=%s", error)
        return messages

    def _read(self) -> None:
        try:
            while len(self._incoming) <= MAX_LINE_BYTES:
                data = self._socket.recv(_READ_BYTES)
                if not data:
                    self.closed = True
                    return
                self._incoming += data
            self.closed = b"\n" not in self._incoming
        except BlockingIOError:
            return
        except OSError:
            self.closed = True
