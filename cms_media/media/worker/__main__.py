"""Entry of a worker process: `python -m cms_media.media.worker --fd N`, N its end of the socket to control."""

import argparse
import logging
import signal
import socket
import sys

from cms_media.base.log import LogSettings, set_up
from cms_media.codecs.encoder import choose_library
from cms_media.codecs.table import Codec
from cms_media.media.json_codec import MessageError
from cms_media.media.messages import MAX_LINE_BYTES, Ready, StartEngine, decode
from cms_media.media.worker.control_line import ControlLine
from cms_media.media.worker.limits import open_as_many_files_as_allowed
from cms_media.media.worker.loop import Loop
from cms_media.media.worker.priority import be_urgent, check_pinning, stay_on, step_back_behind_sound
from cms_media.native import Engine

_SWITCH_INTERVAL_S = 0.0005
"""Only one Python thread works here; whatever else ever takes the lock must not hold an encode for 5 ms."""


def main() -> int:
    """Exit status 0 when control went away, 1 when it never spoke sense."""
    parser = argparse.ArgumentParser(prog="cms_media.media.worker")
    parser.add_argument("--fd", type=int, required=True)
    end = socket.socket(fileno=parser.parse_args().fd)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # control ends us by closing the socket
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    try:
        first = decode(_first_line(end))
    except MessageError as error:
        logging.error("event=no_settings error=%s", error)
        return 1
    if not isinstance(first, StartEngine):
        return 1
    set_up(LogSettings(first.log_level))
    choose_library(Codec.H264, first.h264_encoder)
    choose_library(Codec.VP8, first.vp8_encoder)
    open_as_many_files_as_allowed()
    be_urgent()
    return _serve(first, ControlLine(end))


def _serve(settings: StartEngine, line: ControlLine) -> int:
    engine = Engine(
        port_min=settings.port_min,
        port_max=settings.port_max,
        silence_timeout_s=settings.silence_timeout_s,
        pin_cpu=settings.pin_cpu,
    )
    engine.start()
    granted = engine.snapshot()
    check_pinning(settings.pin_cpu, granted["pinned"])
    check_pinning(settings.pictures_cpu, stay_on(settings.pictures_cpu))
    step_back_behind_sound(granted["realtime"])
    try:
        line.send(Ready())
        Loop(engine, line, settings).run()
    finally:
        engine.stop()
    return 0


def _first_line(end: socket.socket) -> bytes:
    """Byte by byte: what follows belongs to the loop."""
    line = bytearray()
    while not line.endswith(b"\n") and len(line) < MAX_LINE_BYTES:
        byte = end.recv(1)
        if not byte:
            break
        line += byte
    return bytes(line)


if __name__ == "__main__":
    sys.exit(main())
