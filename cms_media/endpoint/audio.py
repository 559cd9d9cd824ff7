"""The ears and the mouth of a dialled call: source ─► Engine.play, Engine.tap ─► samples ─► numbers."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cms_media.base.errors import RequestError
from cms_media.codecs import tones
from cms_media.codecs.audio_file import read_audio
from cms_media.endpoint.report import AudioReport
from cms_media.native import Engine

SAMPLE_RATE_HZ = 48_000
_TONE_DBOV = -26.0
"""Nine at once stay clear of full scale, so a mixer has no reason to limit."""
_TAP_S = 5.0
_LONGEST_KEPT_S = 600.0
_WINDOW = SAMPLE_RATE_HZ // 200
_SILENCE_DBOV = -60.0


def open_audio_source(name: str) -> NDArray[np.int16]:
    """`tone:HZ` or a file, as 48 kHz mono samples that can be looped. Raises RequestError or ResourceError."""
    kind, _, value = name.partition(":")
    if kind != "tone":
        return read_audio(Path(name))
    if not value.isdigit() or not 20 <= int(value) <= 20_000:
        raise RequestError("invalidValue", f"--audio {name}: expected tone:HZ with 20 to 20000")
    return tones.sine(int(value), 1.0, _TONE_DBOV)


class EndpointAudio:
    """Audio of one call; `collect` wants to be called at least every few seconds."""

    def __init__(self, engine: Engine, transport: int, source: str, settle_s: float) -> None:
        self._engine = engine
        self.transport = transport
        self._samples = open_audio_source(source)
        self._blocks: list[NDArray[np.int16]] = []
        self._kept = 0
        self._settle_samples = int(settle_s * SAMPLE_RATE_HZ)
        self.codec = ""

    def start(self, codec: str) -> None:
        """From now on speaks and listens."""
        self.codec = codec
        self._engine.tap(self.transport, _TAP_S)
        self._engine.play(self.transport, self._samples.data, loop=True)

    def be_silent(self) -> None:
        """Stops the source."""
        self._engine.play(self.transport, None)

    def collect(self) -> bytes:
        """Takes what was heard since the last call; also returned, for a recorder."""
        heard = self._engine.read_tap(self.transport)
        block = np.frombuffer(heard, np.int16)
        if block.size and self._kept < _LONGEST_KEPT_S * SAMPLE_RATE_HZ:
            self._blocks.append(block)
            self._kept += block.size
        return heard

    def report(self) -> AudioReport:
        """Everything heard so far, without the settling time, in numbers."""
        self.collect()
        heard = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.int16)
        settled = heard[self._settle_samples :]
        stats = self._engine.stats(self.transport)
        gaps, longest_ms = silences(settled)
        return AudioReport(
            codec=self.codec,
            packets=int(stats["packets_received"]),
            lost=int(stats["packets_lost"]),
            rms_dbov=round(tones.rms_dbov(settled), 1) if settled.size else -127.0,
            gaps=gaps,
            longest_gap_ms=longest_ms,
            tones_hz=[round(tone) for tone in tones.tones_hz(settled)] if settled.size else [],
        )


def silences(samples: NDArray[np.int16]) -> tuple[int, float]:
    """(how many silences of 5 ms or more lie between sounds, the longest in ms), in 48 kHz samples."""
    windows = samples[: samples.size // _WINDOW * _WINDOW].reshape(-1, _WINDOW).astype(np.float64)
    limit = 32768.0 * 10 ** (_SILENCE_DBOV / 20)
    audible = np.flatnonzero(np.sqrt((windows**2).mean(axis=1)) > limit) if windows.size else np.zeros(0, int)
    quiet = np.diff(audible) - 1
    runs = quiet[quiet > 0]
    return int(runs.size), float(runs.max() * 5.0) if runs.size else 0.0
