"""What the test endpoint says of the sound that it heard."""

from typing import cast

import numpy as np
import pytest

from cms_media.base.errors import RequestError, ResourceError
from cms_media.codecs.tones import sine
from cms_media.endpoint.audio import EndpointAudio, open_audio_source, silences
from cms_media.native import Engine

RATE_HZ = 48_000


class Ear:
    """What EndpointAudio uses of Engine: the peer's sound comes from a list of blocks."""

    def __init__(self, *blocks: bytes) -> None:
        self.blocks = list(blocks)
        self.tapped: list[int] = []
        self.loops: list[bool] = []

    def tap(self, stream: int, seconds: float) -> None:
        self.tapped.append(stream)

    def play(self, stream: int, samples: object, loop: bool = False) -> None:
        self.loops.append(loop and samples is not None)

    def read_tap(self, stream: int) -> bytes:
        return self.blocks.pop(0) if self.blocks else b""

    def stats(self, stream: int) -> dict[str, int]:
        return {"packets_received": 50, "packets_lost": 2}


def audio_of(ear: Ear, settle_s: float = 0.0) -> EndpointAudio:
    audio = EndpointAudio(cast(Engine, ear), 4, "tone:440", settle_s)
    audio.start("opus")
    return audio


def test_it_listens_and_loops_its_source() -> None:
    ear = Ear()
    audio = audio_of(ear)
    audio.be_silent()
    assert (ear.tapped, ear.loops) == ([4], [True, False])


def test_a_tone_is_reported_with_its_level() -> None:
    report = audio_of(Ear(sine(700, 2.0, -20.0).tobytes())).report()
    assert (report.codec, report.packets, report.lost) == ("opus", 50, 2)
    assert report.tones_hz == [700]
    assert report.rms_dbov == pytest.approx(-20.0, abs=0.1)
    assert (report.gaps, report.longest_gap_ms) == (0, 0.0)


def test_the_settling_time_is_left_out() -> None:
    audio = audio_of(Ear(sine(500, 1.0).tobytes(), sine(900, 1.0).tobytes()), settle_s=1.0)
    audio.collect()
    assert audio.report().tones_hz == [900]


def test_nothing_heard_is_silence() -> None:
    report = audio_of(Ear()).report()
    assert (report.rms_dbov, report.gaps, report.tones_hz) == (-127.0, 0, [])


def test_silences_between_sounds_are_gaps_and_those_round_them_are_not() -> None:
    sound, silence = sine(1000, 0.1), np.zeros(RATE_HZ // 50, np.int16)
    assert silences(np.concatenate([silence, sound, silence, sound, silence])) == (1, 20.0)


@pytest.mark.parametrize("name", ["tone:", "tone:abc", "tone:19", "tone:20001", "tone:-5"])
def test_a_tone_that_cannot_be_heard_is_refused(name: str) -> None:
    with pytest.raises(RequestError, match="--audio"):
        open_audio_source(name)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ResourceError, match="no-such-file"):
        open_audio_source("no-such-file.wav")
