"""A voice that never pauses: a held vowel with its harmonics and a little breath, of a pitch of its own for each leg.

It costs a speech codec what speech costs, and any silence in it is a gap that somebody made.
"""

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 48_000
_SECONDS = 2
_LEVEL_DBOV = -38.0
"""A hundred at once stay 15 dB below full scale, and one alone is above the floor of what counts as speech."""
_BREATH = 0.05
_FORMANTS = ((600.0, 200.0), (1200.0, 250.0), (2600.0, 400.0))


def voice(number: int) -> NDArray[np.int16]:
    """Two seconds, 48 kHz mono, that can be looped."""
    random = np.random.default_rng(number)
    times = np.arange(_SECONDS * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    pitch_hz = 100 + 0.5 * (number * 37 % 300)
    wave = np.zeros_like(times)
    for harmonic in range(1, int(4000 / pitch_hz)):
        hz = harmonic * pitch_hz
        strength = sum(1 / (1 + ((hz - centre) / width) ** 2) for centre, width in _FORMANTS)
        wave += strength * np.sin(2 * np.pi * hz * times + random.uniform(0, 2 * np.pi))
    wave /= np.sqrt(np.mean(wave**2))
    wave += random.normal(0, _BREATH, times.size)
    amplitude: float = 32768 * 10 ** (_LEVEL_DBOV / 20)
    samples: NDArray[np.int16] = np.clip(np.rint(amplitude * wave), -32768, 32767).astype(np.int16)
    return samples
