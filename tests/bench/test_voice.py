"""The voice that never pauses."""

import numpy as np

from cms_media.bench.voice import voice
from cms_media.codecs.tones import rms_dbov
from cms_media.endpoint.audio import silences


def test_it_has_its_level_and_no_silence_when_looped() -> None:
    looped = np.tile(voice(3), 2)
    assert abs(rms_dbov(looped) + 38) < 0.5
    assert silences(looped) == (0, 0.0)


def test_voices_differ() -> None:
    assert not np.array_equal(voice(1), voice(2))
