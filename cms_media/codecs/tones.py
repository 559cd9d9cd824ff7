"""Tones made and measured: what the test endpoint reports about the sound it hears.

Pure numpy on 48 kHz mono int16. Levels are dBov as in RFC 6465: 0 is the RMS of a full-scale square wave, so a
full-scale sine has -3.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 48000
SILENCE_DBOV = -127.0
_FULL_SCALE = 32768.0

_SEGMENT = 16384
"""Samples per spectrum: a third of a second, 2.9 Hz per bin, so that tones 40 Hz apart stand in separate main lobes."""

_LOBE_BINS = 6
"""A Hann main lobe is 2 bins to either side; corrections of the playout clock spread a tone a little more."""

_ABOVE_NOISE_DB = 15.0
_LOWEST_TONE_HZ = 50.0

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Interruptions of a tone, between its first and its last appearance."""

    count: int
    longest_ms: int


def sine(hz: float, seconds: float, dbov: float = -20.0) -> Samples:
    """A sine of that RMS level; 48 kHz mono. At most -3.01 dBov, above that it would clip: raises ValueError."""
    amplitude = _FULL_SCALE * math.sqrt(2.0) * 10.0 ** (dbov / 20.0)
    if amplitude > _FULL_SCALE:
        raise ValueError(f"a sine cannot have {dbov} dBov")
    times = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    wave = np.rint(amplitude * np.sin(2.0 * np.pi * hz * times))
    samples: Samples = np.clip(wave, -32768, 32767).astype(np.int16)
    return samples


def rms_dbov(samples: Samples) -> float:
    """RMS level over all samples, not below -127."""
    if samples.size == 0:
        return SILENCE_DBOV
    power = float(np.mean(np.square(samples.astype(np.float64) / _FULL_SCALE)))
    return max(SILENCE_DBOV, 10.0 * math.log10(power)) if power > 0 else SILENCE_DBOV


def tones_hz(samples: Samples, threshold: float = -50.0, spread_db: float = 25.0) -> list[int]:
    """Frequencies of the steady sines in it, ascending, rounded to 1 Hz.

    A tone counts when it is there for at least half of the time, has at least `threshold` dBov, is at most
    `spread_db` weaker than the strongest one (a G.711 codec's own distortion lies 33 to 38 dB below the signal) and
    stands clear of the noise around it. Tones must be 40 Hz apart. Needs 0.35 s of sound; shorter gives [].
    """
    levels = _steady_spectrum_dbov(samples)
    if levels.size == 0:
        return []
    floor = max(threshold, float(levels.max()) - spread_db)
    noise = _noise_dbov(levels)
    lowest = math.ceil(_LOWEST_TONE_HZ * _SEGMENT / SAMPLE_RATE_HZ)
    candidates = [
        k
        for k in range(lowest, levels.size - 1)
        if levels[k] >= floor and levels[k] > noise[k] + _ABOVE_NOISE_DB
    ]
    peaks = [k for k in candidates if levels[k] == levels[max(0, k - _LOBE_BINS) : k + _LOBE_BINS + 1].max()]
    return sorted({round(_interpolated_bin(levels, k) * SAMPLE_RATE_HZ / _SEGMENT) for k in peaks})


def gaps(samples: Samples, tone_hz: float) -> Gaps:
    """Where the tone falls below half of its usual amplitude.

    Alone it is watched in windows of 10 ms, so gaps from 5 ms on are seen; among other tones in windows of 50 ms,
    for gaps from 25 ms on. A tone that never appears is one gap of the whole length.
    """
    alone = _share_of_power(samples, tone_hz) > 0.8
    envelope = _envelope(samples, tone_hz, window_ms=10 if alone else 50)
    usual = float(np.median(envelope)) if envelope.size else 0.0
    if usual < _FULL_SCALE * 10.0 ** (SILENCE_DBOV / 20.0):
        usual = float(envelope.max(initial=0.0))
    present = np.flatnonzero(envelope >= usual / 2) if usual >= 1.0 else np.empty(0, np.int64)
    if present.size == 0:
        return Gaps(1, samples.size * 1000 // SAMPLE_RATE_HZ)
    missing = np.diff(present) - 1
    return Gaps(int(np.count_nonzero(missing)), int(missing.max(initial=0)))


def _steady_spectrum_dbov(samples: Samples) -> NDArray[np.float64]:
    """Per bin the level that is exceeded in half of the (overlapping) segments; a sine reads its own RMS level."""
    starts = range(0, samples.size - _SEGMENT + 1, _SEGMENT // 2)
    if not starts:
        return np.empty(0)
    window = np.hanning(_SEGMENT)
    scale = math.sqrt(2.0) / (window.sum() * _FULL_SCALE)
    spectra = [np.abs(np.fft.rfft(samples[at : at + _SEGMENT] * window)) * scale for at in starts]
    levels: NDArray[np.float64] = 20.0 * np.log10(np.median(spectra, axis=0) + 1e-7)
    return levels


def _noise_dbov(levels: NDArray[np.float64], half_width: int = 100) -> NDArray[np.float64]:
    """Lower quartile of the bins around each bin: up to a few tones in that range do not lift it."""
    padded = np.pad(levels, half_width, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * half_width + 1)[::50]
    coarse = np.percentile(around, 25, axis=1)
    noise: NDArray[np.float64] = np.repeat(coarse, 50)[: levels.size]
    return noise


def _interpolated_bin(levels: NDArray[np.float64], k: int) -> float:
    """The top of the parabola through a peak and its neighbours in dB: exact to a few hundredths of a bin."""
    left, top, right = (float(level) for level in levels[k - 1 : k + 2])
    bend = left - 2.0 * top + right
    return k + (0.5 * (left - right) / bend if bend < 0 else 0.0)


def _share_of_power(samples: Samples, tone_hz: float) -> float:
    """How much of all power lies within 20 Hz of the tone."""
    if samples.size == 0:
        return 0.0
    power = np.square(np.abs(np.fft.rfft(samples.astype(np.float64))))
    total = float(power.sum())
    if total == 0:
        return 0.0
    bin_hz = SAMPLE_RATE_HZ / samples.size
    first = max(0, int((tone_hz - 20.0) / bin_hz))
    last = int((tone_hz + 20.0) / bin_hz) + 1
    return float(power[first : last + 1].sum()) / total


def _envelope(samples: Samples, tone_hz: float, window_ms: int) -> NDArray[np.float64]:
    """Amplitude of the tone per millisecond: turned to 0 Hz, summed per ms, smoothed by a Hann window."""
    per_ms = SAMPLE_RATE_HZ // 1000
    taps = max(window_ms, math.ceil(4000.0 / tone_hz))
    whole = samples[: samples.size // per_ms * per_ms]
    if whole.size < taps * per_ms:
        return np.empty(0)
    turned = whole * np.exp(-2j * np.pi * tone_hz / SAMPLE_RATE_HZ * np.arange(whole.size))
    window = np.hanning(taps + 2)
    smoothed = np.convolve(turned.reshape(-1, per_ms).mean(axis=1), window, mode="valid")
    envelope: NDArray[np.float64] = np.abs(smoothed) * (2.0 / window.sum())
    return envelope
