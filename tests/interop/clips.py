"""What baresip is given to show, and what it has seen and heard."""

import time
import wave
from pathlib import Path

import numpy as np

from cms_media.codecs.files import PatternSource
from cms_media.codecs.pattern import read_identity
from cms_media.codecs.recorder import Recorder
from cms_media.codecs.tones import tones_hz
from tests.interop.baresip import Baresip
from tests.interop.pictures import load_png

_FPS = 30
_CLIP_S = 20
"""Longer than any call with it: baresip 1.0 rewinds the file at its end, but shows nothing more of it."""


def write_clip(path: Path, source: int, width_px: int = 640, height_px: int = 360) -> Path:
    """A moving test picture as a file."""
    pictures, recorder = PatternSource(source, width_px, height_px), Recorder(path, width_px, height_px)
    for number in range(_CLIP_S * _FPS):
        recorder.write_video(pictures.next_picture(), number / _FPS)
    recorder.close()
    return path


def wav_tones(path: Path) -> list[int]:
    """Tones in the last three seconds of a WAV file."""
    with wave.open(str(path)) as file:
        rate, channels = file.getframerate(), file.getnchannels()
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)[::channels]
    last = samples[-3 * rate :].astype(np.float64)
    positions = np.arange(0, last.size - 1, rate / 48_000)
    return tones_hz(np.interp(positions, np.arange(last.size), last).astype(np.int16))


def wait_until_seen(peer: Baresip, source: int, path: Path) -> None:
    """Until the test picture of a source fills what comes to baresip. Raises AssertionError."""
    deadline = time.monotonic() + 10
    while True:
        seen = read_identity(load_png(peer.picture(path)))
        if seen is not None and seen.source == source:
            return
        assert time.monotonic() < deadline, f"baresip sees {seen}, not {source}"
        time.sleep(0.2)
