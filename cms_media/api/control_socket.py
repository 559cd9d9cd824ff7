"""The control socket: a unix socket in the data directory, its owner's alone, one JSON line each way per request.

    {"command": "call", "space": "demo", "uri": "sip:bob@example.net"}  ->  {"result": {"leg": "5f..."}}
                                                                        ->  {"failure": "parameterError",
                                                                        "message": ...}

Owned by the control plane's asyncio thread.
"""

import asyncio
import contextlib
import json
import logging
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from cms_media.api.request import MAX_LINE_BYTES, Command, parse_request
from cms_media.base.errors import RequestError, ResourceError, SettingsError

log = logging.getLogger(__name__)

SOCKET_NAME = "control.sock"
MAX_CONNECTIONS = 16
"""Callers are people and scripts of one machine."""
MAX_PATH_BYTES = 100
"""A unix socket's path has 108 bytes on Linux."""
PATIENCE_S = 30.0
"""A caller that says nothing, or takes nothing, for so long is dropped."""


class ControlSocket:
    """The server. `start` and `stop` may be called once each; `stop` also before `start`."""

    def __init__(self, path: Path, commands: Mapping[str, Command]) -> None:
        self._path = path
        self._commands = commands
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.refused = 0

    async def start(self) -> None:
        """Raises SettingsError when the path is too long for a socket."""
        listening = _listen(self._path)
        self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=MAX_LINE_BYTES)

    async def stop(self) -> None:
        """Drops callers and removes the socket."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for writer in self._open:
            writer.transport.abort()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) >= MAX_CONNECTIONS:
            self.refused += 1
            log.warning("control connection refused open=%d", len(self._open))
            writer.close()
            return
        self._open.add(writer)
        try:
            while line := await asyncio.wait_for(reader.readline(), PATIENCE_S):
                writer.write(await self._answer(line))
                await asyncio.wait_for(writer.drain(), PATIENCE_S)
        except (TimeoutError, ConnectionError):
            log.debug("control connection dropped")
        except ValueError:
            # asyncio's word for a line longer than the limit.
            self.refused += 1
            writer.write(_failure(RequestError("parameterError", f"longer than {MAX_LINE_BYTES} bytes")))
        finally:
            self._open.discard(writer)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, line: bytes) -> bytes:
        try:
            name, given = parse_request(line)
            command = self._commands.get(name)
            if command is None:
                raise RequestError("parameterError", f"command: there is no {name[:100]}")
            result = await command.run(command.checked(given))
        except RequestError as error:
            self.refused += 1
            return _failure(error)
        except ResourceError as error:
            log.error("control request failed reason=%s", error)
            return _failure(RequestError("serviceUnavailable", str(error), status=503))
        except Exception:
            # Our own mistake: loud, but it ends this request and not the bridge.
            log.exception("control request failed")
            return _failure(RequestError("internalError", "the bridge failed, see its log", status=500))
        return _line({"result": result})


def _listen(path: Path) -> socket.socket:
    if len(os.fsencode(path)) > MAX_PATH_BYTES:
        raise SettingsError(f"data.directory: {path} is longer than the {MAX_PATH_BYTES} bytes of a socket")
    # Only a bridge that is gone can have left one: the data directory is locked.
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
    finally:
        os.umask(before)
    return listening


def _failure(error: RequestError) -> bytes:
    return _line({"failure": error.failure, "message": str(error), "status": error.status})


def _line(value: object) -> bytes:
    return json.dumps(value, default=str).encode() + b"\n"
