"""Tones: levels, detection among noise and codec artefacts, gaps."""

import numpy as np
import pytest

from cms_media.codecs.tones import SILENCE_DBOV, Gaps, Samples, gaps, rms_dbov, sine, tones_hz


def _mix(*parts: Samples) -> Samples:
    total = np.sum([part.astype(np.int32) for part in parts], axis=0)
    return np.clip(total, -32768, 32767).astype(np.int16)


def _mu_law(samples: Samples) -> Samples:
    """8 bits by G.711's curve, without its exact steps: the same kind of distortion."""
    x = samples / 32768.0
    coded = np.round(np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256) * 127) / 127
    return np.rint(np.sign(coded) * (256 ** np.abs(coded) - 1) / 255 * 32767).astype(np.int16)


@pytest.mark.parametrize("dbov", [-3.1, -20.0, -60.0])
def test_sine_has_the_level_asked_for(dbov: float) -> None:
    assert rms_dbov(sine(1000, 1, dbov)) == pytest.approx(dbov, abs=0.1)


def test_sine_refuses_to_clip() -> None:
    with pytest.raises(ValueError, match="cannot have"):
        sine(1000, 1, -2.0)


def test_level_of_silence_nothing_and_a_square() -> None:
    assert rms_dbov(np.zeros(960, np.int16)) == SILENCE_DBOV
    assert rms_dbov(np.empty(0, np.int16)) == SILENCE_DBOV
    assert rms_dbov(np.full(960, -32768, np.int16)) == 0.0


@pytest.mark.parametrize("hz", [60, 100, 337, 440, 1000, 3333, 7001])
def test_one_tone_is_found_to_a_hertz(hz: int) -> None:
    assert tones_hz(sine(hz, 2)) == [hz]


def test_eight_tones_40_hz_apart_through_mu_law() -> None:
    wanted = [400 + 40 * n for n in range(8)]
    mixed = _mix(*(sine(hz, 2, -30.0) for hz in wanted))
    assert tones_hz(mixed) == wanted
    assert tones_hz(_mu_law(mixed)) == wanted


def test_distortion_of_mu_law_is_no_tone() -> None:
    assert tones_hz(_mu_law(sine(1000, 2, -10.0))) == [1000]
    assert tones_hz(_mu_law(sine(997, 2, -35.0))) == [997]


def test_noise_and_silence_have_no_tones() -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 96000).astype(np.int16)
    assert tones_hz(noise) == []
    assert tones_hz(np.zeros(96000, np.int16)) == []
    assert tones_hz(_mix(noise, sine(800, 2, -20.0))) == [800]


def test_a_tone_below_the_threshold_or_too_short_is_not_reported() -> None:
    assert tones_hz(sine(1000, 2, -55.0)) == []
    assert tones_hz(sine(1000, 2, -55.0), threshold=-60.0) == [1000]
    assert tones_hz(sine(1000, 0.3)) == []
    short = np.concatenate([sine(1000, 0.5), np.zeros(96000, np.int16)])
    assert tones_hz(short) == []


def test_a_far_weaker_tone_is_taken_for_distortion() -> None:
    assert tones_hz(_mix(sine(500, 2, -10.0), sine(1500, 2, -40.0))) == [500]
    assert tones_hz(_mix(sine(500, 2, -10.0), sine(1500, 2, -40.0)), spread_db=35.0) == [500, 1500]


def test_tone_with_corrections_of_one_period_each_second() -> None:
    tone = sine(1000, 1.003)
    assert tones_hz(np.concatenate([tone] * 5)) == [1000]


def test_a_whole_tone_has_no_gap() -> None:
    assert gaps(sine(1000, 5), 1000) == Gaps(0, 0)


@pytest.mark.parametrize("gap_ms", [8, 20, 100])
def test_a_gap_is_found_with_its_length(gap_ms: int) -> None:
    sound = sine(1000, 3)
    sound[48000 : 48000 + gap_ms * 48] = 0
    found = gaps(sound, 1000)
    assert found.count == 1
    assert found.longest_ms == pytest.approx(gap_ms, abs=4)


def test_silence_before_and_after_is_no_gap() -> None:
    quiet = np.zeros(24000, np.int16)
    assert gaps(np.concatenate([quiet, sine(440, 2), quiet]), 440) == Gaps(0, 0)


def test_a_gap_of_one_tone_among_others() -> None:
    sound = sine(440, 3, -30.0)
    sound[48000:52800] = 0
    mixed = _mix(sound, sine(600, 3, -30.0), sine(680, 3, -30.0))
    found = gaps(mixed, 440)
    assert found.count == 1
    assert found.longest_ms == pytest.approx(100, abs=15)
    assert gaps(mixed, 600) == Gaps(0, 0)


def test_a_tone_that_is_not_there_is_one_long_gap() -> None:
    assert gaps(np.zeros(48000, np.int16), 440) == Gaps(1, 1000)
    assert gaps(np.empty(0, np.int16), 440) == Gaps(1, 0)
