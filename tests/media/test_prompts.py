"""The synthesised sounds."""

import numpy as np
import pytest

from cms_media.conference.ports import Prompt
from cms_media.media.prompts import SAMPLE_RATE_HZ, loops, samples


@pytest.mark.parametrize("prompt", list(Prompt))
def test_prompts_are_soft_begin_and_end_in_silence(prompt: Prompt) -> None:
    wave = np.frombuffer(samples(prompt), "<i2").astype(float)
    assert 0.2 * SAMPLE_RATE_HZ < len(wave) < 6 * SAMPLE_RATE_HZ
    assert 500 < np.abs(wave).max() < 4000
    assert np.abs(wave[:20]).max() < 200
    assert np.abs(wave[-20:]).max() < 200


def test_only_the_lone_participants_prompt_goes_on() -> None:
    assert [prompt for prompt in Prompt if loops(prompt)] == [Prompt.ONLY_PARTICIPANT]
