"""The caller's side of the control socket. Blocking: for commands that do one thing and end."""

import json
import socket
from pathlib import Path

from cms_media.api.control_socket import SOCKET_NAME
from cms_media.base.errors import RequestError

PATIENCE_S = 10.0
MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""A status of ten thousand legs has some 20 MB."""


def ask(data_directory: Path, command: str, **parameters: str) -> dict[str, object]:
    """The result of one command. Raises RequestError: as the bridge said it, or `notRunning`."""
    request = json.dumps({"command": command, **parameters}).encode() + b"\n"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE_S)
            connection.connect(str(data_directory / SOCKET_NAME))
            connection.sendall(request)
            answer = _read_line(connection)
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise RequestError("notRunning", f"no bridge is running on {data_directory}") from error
    except OSError as error:
        raise RequestError("notRunning", f"the bridge on {data_directory} is silent: {error}") from error
    return _result(answer)


def _read_line(connection: socket.socket) -> bytes:
    parts: list[bytes] = []
    size = 0
    while size <= MAX_ANSWER_BYTES and (part := connection.recv(65_536)):
        parts.append(part)
        size += len(part)
        if part.endswith(b"\n"):
            return b"".join(parts)
    raise ConnectionError("the connection was closed")


def _result(answer: bytes) -> dict[str, object]:
    try:
        values = json.loads(answer)
    except ValueError as error:
        raise RequestError("internalError", "the bridge's answer is not JSON") from error
    if isinstance(values, dict) and isinstance(values.get("result"), dict):
        return dict(values["result"])
    if isinstance(values, dict) and "failure" in values:
        raise RequestError(str(values["failure"]), str(values.get("message", "")))
    raise RequestError("internalError", "the bridge's answer makes no sense")
