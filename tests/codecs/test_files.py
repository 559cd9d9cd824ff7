"""A file as a source, written by our own recorder."""

from pathlib import Path

import av
import numpy as np
import pytest

from cms_media.base.errors import ResourceError
from cms_media.codecs.files import VideoFile, open_video_source
from cms_media.codecs.pattern import PatternSource, read_identity
from cms_media.codecs.recorder import Recorder


def _record(path: Path, frames: int) -> None:
    recorder = Recorder(path, 320, 180)
    pattern = PatternSource(4, 320, 180)
    tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)).astype(np.int16)
    for frame in range(frames):
        recorder.write_video(pattern.next_picture(), frame / 30)
        recorder.write_audio(tone[frame * 1600 : (frame + 1) * 1600].tobytes(), frame / 30)
    recorder.close()
    recorder.close()


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4"])
def test_recording_holds_video_and_audio(tmp_path: Path, name: str) -> None:
    _record(tmp_path / name, 15)
    with av.open(str(tmp_path / name)) as container:
        assert {stream.type for stream in container.streams} == {"video", "audio"}
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert 24_000 <= samples <= 24_000 + 2048


def test_file_loops_at_constant_rate(tmp_path: Path) -> None:
    _record(tmp_path / "a.mkv", 10)
    source = VideoFile(tmp_path / "a.mkv", 160, 90, 30)
    seen = [read_identity(source.next_picture()) for _ in range(25)]
    assert [identity.frame for identity in seen if identity] == [*range(10), *range(10), *range(5)]


def test_slower_source_repeats(tmp_path: Path) -> None:
    _record(tmp_path / "a.mkv", 6)
    source = VideoFile(tmp_path / "a.mkv", 160, 90, 60)
    seen = [read_identity(source.next_picture()) for _ in range(6)]
    assert [identity.frame for identity in seen if identity] == [0, 0, 1, 1, 2, 2]


def test_missing_and_useless_files(tmp_path: Path) -> None:
    with pytest.raises(ResourceError):
        VideoFile(tmp_path / "none.mkv", 160, 90, 30)
    (tmp_path / "text.mkv").write_text("no video here")
    with pytest.raises(ResourceError):
        open_video_source(str(tmp_path / "text.mkv"), 0, 160, 90, 30)
    with pytest.raises(ResourceError):
        Recorder(tmp_path / "a.unknown", 160, 90)


def test_pattern_by_name() -> None:
    assert isinstance(open_video_source("pattern", 3, 160, 90, 30), PatternSource)
