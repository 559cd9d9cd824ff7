"""The sounds that a leg can be played: synthesised, no speech, 48 kHz mono int16."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from cms_media.conference.ports import Prompt

SAMPLE_RATE_HZ = 48_000
_PEAK = 0.08
"""Of full scale: about -25 dBov rms while a note sounds, well below speech."""

_Note = tuple[float, float]
"""(frequency in Hz, 0 is silence; duration in seconds)"""

_SCORES: dict[Prompt, tuple[_Note, ...]] = {
    Prompt.ONLY_PARTICIPANT: ((523.25, 0.35), (392.0, 0.6), (0.0, 4.05)),
    Prompt.JOIN: ((440.0, 0.12), (659.25, 0.2)),
    Prompt.LEAVE: ((659.25, 0.12), (440.0, 0.2)),
}


@cache
def samples(prompt: Prompt) -> bytes:
    """The whole prompt; ONLY_PARTICIPANT ends in a pause, so that it can be looped."""
    notes = [_note(frequency_hz, duration_s) for frequency_hz, duration_s in _SCORES[prompt]]
    return np.concatenate(notes).astype("<i2").tobytes()


def loops(prompt: Prompt) -> bool:
    """Whether the prompt goes on until it is stopped."""
    return prompt is Prompt.ONLY_PARTICIPANT


def _note(frequency_hz: float, duration_s: float) -> NDArray[np.float64]:
    """A sine that swells for 10 ms and dies away, so that nothing clicks."""
    time_s = np.arange(round(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    swell = np.minimum(time_s / 0.01, 1.0) * np.minimum((duration_s - time_s) / 0.05, 1.0)
    fade = np.exp(-2.0 * time_s / duration_s)
    tone: NDArray[np.float64] = 32767 * _PEAK * swell * fade * np.sin(2 * np.pi * frequency_hz * time_s)
    return tone
