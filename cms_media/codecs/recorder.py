"""Writes what an endpoint saw and heard to one file; the container by its extension (.mkv, .mp4)."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from cms_media.base.errors import ResourceError
from cms_media.codecs.picture import Picture

SAMPLE_RATE_HZ = 48_000
_CLOCK = Fraction(1, 90_000)


class Recorder:
    """One file with one video stream (H.264, size of the first picture) and one audio stream (mono)."""

    def __init__(self, path: Path, width_px: int, height_px: int, fps: int = 30) -> None:
        """Raises ResourceError when the file cannot be written or its extension is unknown."""
        try:
            self._file: OutputContainer | None = av.open(str(path), "w")
            self._video = self._add_video(self._file, width_px, height_px, fps)
            self._audio = self._add_audio(self._file, path)
        except (av.FFmpegError, OSError, ValueError) as error:
            raise ResourceError(f"{path}: {error}") from error
        self._last_pts = -1

    def write_video(self, picture: Picture, time_s: float) -> None:
        """A picture at its time since the recording began; other sizes are scaled. Times must not go back."""
        if self._file is None:
            return
        video = self._video
        frame = picture.frame.reformat(video.width, video.height, "yuv420p")
        if frame is picture.frame:
            frame = _copy(frame)
        self._last_pts = max(self._last_pts + 1, round(time_s / _CLOCK))
        frame.pts, frame.time_base = self._last_pts, _CLOCK
        self._file.mux(video.encode(frame))

    def write_audio(self, samples: bytes, time_s: float) -> None:
        """48 kHz mono int16 that began at `time_s`."""
        if self._file is None or not samples:
            return
        block = np.frombuffer(samples, np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(block, "s16", "mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.pts, frame.time_base = round(time_s * SAMPLE_RATE_HZ), Fraction(1, SAMPLE_RATE_HZ)
        self._file.mux(self._audio.encode(frame))

    def close(self) -> None:
        """Writes what is left. Idempotent."""
        file, self._file = self._file, None
        if file is None:
            return
        file.mux(self._video.encode(None))
        file.mux(self._audio.encode(None))
        file.close()

    @staticmethod
    def _add_video(file: OutputContainer, width_px: int, height_px: int, fps: int) -> VideoStream:
        stream = file.add_stream("libx264", fps, options={"preset": "ultrafast", "crf": "20", "bf": "0"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        stream.time_base = stream.codec_context.time_base = _CLOCK
        stream.codec_context.thread_count = 1
        return stream

    @staticmethod
    def _add_audio(file: OutputContainer, path: Path) -> AudioStream:
        codec = "aac" if path.suffix == ".mp4" else "pcm_s16le"
        stream = file.add_stream(codec, SAMPLE_RATE_HZ, layout="mono")
        assert isinstance(stream, AudioStream)
        return stream


def _copy(frame: av.VideoFrame) -> av.VideoFrame:
    """The caller's frame keeps its own time stamps."""
    return av.VideoFrame.from_ndarray(frame.to_ndarray(), "yuv420p")
