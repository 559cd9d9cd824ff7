"""What baresip is given to show, and what it has heard."""

import wave
from pathlib import Path

import numpy as np

from cms_media.codecs.files import PatternSource
from cms_media.codecs.recorder import Recorder
from cms_media.codecs.tones import tones_hz

_FRAMES, _FPS = 120, 30


def write_clip(path: Path, source: int) -> Path:
    """Four seconds of a test picture as a file that can be played in a loop."""
    pictures, recorder = PatternSource(source, 640, 360), Recorder(path, 640, 360)
    for number in range(_FRAMES):
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
