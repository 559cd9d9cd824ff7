"""Janus as a child process with nothing but its AudioBridge, and its API over a Unix socket.

The API: https://janus.conf.meetecho.com/docs/rest.html (the same messages as over HTTP), the plugin's messages:
https://janus.conf.meetecho.com/docs/audiobridge.html.
"""

import itertools
import json
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cms_media.base.errors import ResourceError

PROGRAM, PACKAGE = Path("/usr/bin/janus"), "janus"
PLUGIN = "janus.plugin.audiobridge"
ROOM = 1
_START_S, _STOP_S, _ANSWER_S = 10.0, 5.0, 10.0
_MAX_MESSAGE_BYTES = 1 << 20
_LIBRARIES = "/usr/lib/*/janus"

_MAIN = """\
general: {{
  plugins_folder = "{libraries}/plugins"
  transports_folder = "{libraries}/transports"
  events_folder = "{folder}"
  loggers_folder = "{folder}"
  debug_level = 3
  session_timeout = 0
}}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
"""
_UNIX = """\
general: {{
  enabled = true
  json = "compact"
  path = "{folder}/api"
  type = "SOCK_SEQPACKET"
}}
"""
_AUDIO_BRIDGE = """\
general: {{
  rtp_port_range = "{first}-{last}"
  local_ip = "127.0.0.1"
}}
"""


class Janus:
    """A running one with one room."""

    def __init__(self, process: subprocess.Popen[bytes], api: socket.socket) -> None:
        self.pid = process.pid
        self._api = api
        self._numbers = itertools.count(1)
        self._session: Mapping[str, Any] = {}
        self._session = {"session_id": self._ask({"janus": "create"})["data"]["id"]}

    def create_room(self, sampling_rate_hz: int) -> None:
        """The one that everybody joins."""
        handle = self._attach()
        body = {
            "request": "create",
            "room": ROOM,
            "sampling_rate": sampling_rate_hz,
            "allow_rtp_participants": True,
            "audiolevel_ext": False,
        }
        self._message(handle, body)

    def join(self, name: str, codec: str, payload_type: int, port: int) -> int:
        """A participant by plain RTP, to whom it sends to `port`; returns the port that it listens on."""
        body = {
            "request": "join",
            "room": ROOM,
            "display": name,
            "codec": codec,
            "rtp": {"ip": "127.0.0.1", "port": port, "payload_type": payload_type},
        }
        return int(self._message(self._attach(), body)["rtp"]["port"])

    def version(self) -> str:
        """As it says."""
        return str(self._ask({"janus": "info"}, session=False)["version_string"])

    def _attach(self) -> int:
        return int(self._ask({"janus": "attach", "plugin": PLUGIN})["data"]["id"])

    def _message(self, handle: int, body: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self._ask({"janus": "message", "handle_id": handle, "body": body})
        data: Mapping[str, Any] = answer["plugindata"]["data"]
        if "error" in data:
            raise ResourceError(f"Janus: {data['error']}")
        return data

    def _ask(self, request: Mapping[str, Any], session: bool = True) -> Mapping[str, Any]:
        """The answer, or the event that follows an acknowledgement. Raises ResourceError."""
        number = str(next(self._numbers))
        whole = {**request, **(self._session if session else {}), "transaction": number}
        self._api.send(json.dumps(whole).encode())
        while True:
            try:
                answer: Mapping[str, Any] = json.loads(self._api.recv(_MAX_MESSAGE_BYTES))
            except (TimeoutError, ValueError) as error:
                raise ResourceError(f"Janus gave no answer to {request['janus']}: {error}") from None
            if answer.get("transaction") != number or answer["janus"] == "ack":
                continue
            if answer["janus"] == "error":
                raise ResourceError(f"Janus: {answer['error']['reason']}")
            return answer


@contextmanager
def running_janus(folder: Path, ports: tuple[int, int]) -> Iterator[Janus]:
    """For the length of a `with` block; `ports` are for its RTP. Raises ResourceError when it does not start."""
    _configure(folder, ports)
    with (folder / "janus.log").open("wb") as log:
        process = subprocess.Popen(
            [str(PROGRAM), "--configs-folder", str(folder), "--disable-colors"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        with _connect(process, folder) as api:
            yield Janus(process, api)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _configure(folder: Path, ports: tuple[int, int]) -> None:
    libraries = next(Path("/").glob(_LIBRARIES.lstrip("/")))
    main = _MAIN.format(
        libraries=libraries,
        folder=folder,
        plugins=_others(libraries / "plugins", "libjanus_audiobridge.so"),
        transports=_others(libraries / "transports", "libjanus_pfunix.so"),
    )
    (folder / "janus.jcfg").write_text(main)
    (folder / "janus.transport.pfunix.jcfg").write_text(_UNIX.format(folder=folder))
    (folder / "janus.plugin.audiobridge.jcfg").write_text(_AUDIO_BRIDGE.format(first=ports[0], last=ports[1]))


def _others(folder: Path, wanted: str) -> str:
    return ",".join(path.name for path in sorted(folder.glob("*.so")) if path.name != wanted)


def _connect(process: subprocess.Popen[bytes], folder: Path) -> socket.socket:
    deadline = time.monotonic() + _START_S
    while True:
        api = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        api.settimeout(_ANSWER_S)
        try:
            api.connect(str(folder / "api"))
        except OSError:
            api.close()
            if process.poll() is not None or time.monotonic() > deadline:
                log = (folder / "janus.log").read_text(errors="replace")[-1000:]
                raise ResourceError(f"Janus did not start:\n{log}") from None
            time.sleep(0.1)
        else:
            return api
