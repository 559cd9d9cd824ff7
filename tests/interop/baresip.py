"""A headless baresip as a peer: configured per run, driven by its control port, its audio written to WAV files."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cms_media.endpoint.free_port import free_port

_MODULES = Path("/usr/lib/baresip/modules")

_CONFIG = """\
poll_method epoll
sip_listen {host}:{sip_port}
sip_cafile {ca_file}
net_interface 127.0.0.1
call_local_timeout 30
call_max_calls 4
audio_source ausine,{tone_hz}
audio_player aufile,{folder}/player.wav
audio_alert aufile,{folder}/alert.wav
ausrc_srate 48000
auplay_srate 48000
video_source avformat,{clip}
video_display fakevideo,nil
video_size {video_size}
video_bitrate 800000
video_fps 30
jitter_buffer_delay 2-10
rtp_stats yes
snd_path {folder}
ctrl_tcp_listen 127.0.0.1:{control_port}
module_path {modules}
"""
_PNG_END = b"IEND\xaeB`\x82"
_AUDIO = "g711 g722 opus ausine aufile sndfile"
_VIDEO = "fakevideo avcodec avformat vp8 swscale snapshot"
_LOADED = f"{_AUDIO} {_VIDEO} srtp uuid account menu ctrl_tcp"


@dataclass(frozen=True, slots=True)
class BaresipOptions:
    """What one baresip shall be."""

    folder: Path
    clip: Path | None = None
    """Video source, None: audio only."""
    video_size: str = "640x360"
    """Of what it sends, whatever the clip has."""
    audio_codec: str = "opus/48000/2"
    video_codec: str = "h264"
    transport: str = "udp"
    media_encryption: str = ""
    """baresip's word: srtp, srtp-mand, or empty."""
    tone_hz: int = 700
    ca_file: Path | None = None
    answers: bool = False
    """Takes calls by itself."""


class Baresip:
    """One running process; `command` speaks to its ctrl_tcp module (netstrings of JSON)."""

    def __init__(self, options: BaresipOptions) -> None:
        self.options = options
        self._control_port = free_port()
        self.log_path = options.folder / "baresip.log"
        self.sip_port = free_port(socket.SOCK_DGRAM)
        self._write_configuration(self.sip_port)
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                ["baresip", "-f", str(options.folder), "-v"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._control = self._connect()

    def _write_configuration(self, sip_port: int) -> None:
        options = self.options
        config = _CONFIG.format(
            host="127.0.0.1",
            sip_port=sip_port,
            ca_file=options.ca_file or "",
            tone_hz=options.tone_hz,
            folder=options.folder,
            clip=options.clip or "nil",
            video_size=options.video_size,
            control_port=self._control_port,
            modules=_MODULES,
        )
        if options.ca_file is None:
            config = config.replace("sip_cafile \n", "")
        if options.clip is None:
            config = "\n".join(line for line in config.splitlines() if not line.startswith("video_source"))
        config += "\n" + "".join(f"module {name}.so\n" for name in _LOADED.split())
        (options.folder / "config").write_text(config)
        parameters = [f"audio_codecs={options.audio_codec}", "regint=0"]
        if options.clip is not None:
            parameters.append(f"video_codecs={options.video_codec}")
        if options.answers:
            parameters += ["answermode=auto"]
        if options.media_encryption:
            parameters.append(f"mediaenc={options.media_encryption}")
        account = f"<sip:alice@127.0.0.1;transport={options.transport}>;" + ";".join(parameters)
        (options.folder / "accounts").write_text(account + "\n")
        (options.folder / "contacts").write_text("")

    def _connect(self) -> socket.socket:
        deadline = time.monotonic() + 10
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self._control_port), timeout=10)
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    self.process.kill()
                    self.process.wait(5)
                    raise RuntimeError(f"baresip did not start:\n{self.log()}") from None
                time.sleep(0.05)

    @property
    def uri(self) -> str:
        """Where it can be called by UDP."""
        return f"sip:alice@127.0.0.1:{self.sip_port}"

    def command(self, name: str, parameters: str = "") -> None:
        """Sends one command and does not wait for what it leads to."""
        body = json.dumps({"command": name, "params": parameters}).encode()
        self._control.sendall(b"%d:%s," % (len(body), body))

    def log(self) -> str:
        """Everything it has said."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def wait_for(self, text: str, seconds: float = 10) -> None:
        """Until `text` stands in the log. Raises AssertionError with the log."""
        deadline = time.monotonic() + seconds
        while text not in self.log():
            assert time.monotonic() < deadline, f"{text!r} did not appear in:\n{self.log()}"
            assert self.process.poll() is None, f"baresip ended early:\n{self.log()}"
            time.sleep(0.05)

    def picture(self, path: Path) -> Path:
        """Writes the next picture that it receives to `path`, as PNG. Raises AssertionError."""
        path.unlink(missing_ok=True)
        self.command("snapshot_recv", str(path))
        deadline = time.monotonic() + 10
        while not (path.exists() and path.read_bytes().endswith(_PNG_END)):
            assert time.monotonic() < deadline, f"no picture comes to baresip:\n{self.log()}"
            time.sleep(0.05)
        return path

    def heard(self) -> Path:
        """The WAV file of the last call's decoded audio."""
        return max(self.options.folder.glob("dump-*-dec.wav"), key=lambda path: path.stat().st_mtime)

    def stop(self) -> None:
        """Ends the call and the process."""
        if self.process.poll() is None:
            self.command("quit")
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self._control.close()
        self.process.wait(5)


@contextmanager
def running(options: BaresipOptions) -> Iterator[Baresip]:
    """A baresip for the length of a `with` block."""
    options.folder.mkdir(parents=True, exist_ok=True)
    peer = Baresip(options)
    try:
        yield peer
    finally:
        peer.stop()
