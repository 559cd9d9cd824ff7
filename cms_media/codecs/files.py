"""Video from a file, looped for ever at a constant frame rate and one size."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import av

from cms_media.base.errors import ResourceError
from cms_media.codecs.pattern import PatternSource
from cms_media.codecs.picture import Picture

_TOLERANCE = 0.5
"""In frames: containers round time stamps, Matroska to a millisecond."""


class VideoSource(Protocol):
    """Something that makes a picture for every frame time."""

    def next_picture(self) -> Picture:
        """The next picture, 1/fps after the one before; valid until the next call."""


class VideoFile:
    """A file's first video stream."""

    def __init__(self, path: Path, width_px: int, height_px: int, fps: int) -> None:
        """Raises ResourceError when there is no such file or no video in it."""
        self._path = path
        self._size = (width_px, height_px)
        self._fps = fps
        self._shown = 0
        self._frames = self._play()
        self._current = self._take()
        self._following = self._take()

    def next_picture(self) -> Picture:
        """The picture that is due at this frame time; the same again when the file is slower."""
        now_s = (self._shown + _TOLERANCE) / self._fps
        self._shown += 1
        while self._following[0] <= now_s:
            self._current, self._following = self._following, self._take()
        return self._current[1]

    def _take(self) -> tuple[float, Picture]:
        entry = next(self._frames, None)
        if entry is None:
            raise ResourceError(f"{self._path}: no video")
        return entry

    def _play(self) -> Iterator[tuple[float, Picture]]:
        """Yields (seconds since the start, picture); begins again at the end, ends only without any."""
        start_s = 0.0
        while True:
            end_s = start_s
            for time_s, picture in self._play_once():
                end_s = max(end_s, start_s + time_s + 1 / self._fps)
                yield start_s + time_s, picture
            if end_s == start_s:
                return
            start_s = end_s

    def _play_once(self) -> Iterator[tuple[float, Picture]]:
        try:
            with av.open(str(self._path)) as container:
                first_s: float | None = None
                for frame in container.decode(video=0):
                    first_s = frame.time if first_s is None else first_s
                    width, height = self._size
                    yield frame.time - first_s, Picture(frame.reformat(width, height, "yuv420p"))
        except (av.FFmpegError, IndexError) as error:
            raise ResourceError(f"{self._path}: {error}") from error


def open_video_source(name: str, number: int, width_px: int, height_px: int, fps: int) -> VideoSource:
    """`pattern` is the test picture of source `number`, anything else a file. Raises ResourceError."""
    if name == "pattern":
        return PatternSource(number, width_px, height_px)
    return VideoFile(Path(name), width_px, height_px, fps)
