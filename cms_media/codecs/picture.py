"""A picture: 8-bit planar 4:2:0, limited-range BT.601, as the codecs hold it; its planes without a copy.

A decoded picture is also the decoder's reference: whoever got it from a decoder reads and never writes it.
"""

from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
Planes = tuple[memoryview, int, memoryview, int, memoryview, int]
"""(y, y_stride, u, u_stride, v, v_stride), as the kernels of `native.video` take them."""
Rectangle = tuple[int, int, int, int]
"""(x, y, width, height) in luma pixels."""


class Pixels:
    """Three planes in memory, whoever owns it."""

    __slots__ = ("height_px", "planes", "width_px")

    def __init__(self, width_px: int, height_px: int, planes: Planes) -> None:
        self.width_px = width_px
        self.height_px = height_px
        self.planes = planes

    @classmethod
    def packed(cls, width_px: int, height_px: int, memory: memoryview) -> "Pixels":
        """Planes one after the other without gaps, both sizes even; `packed_size` bytes of `memory`."""
        luma, chroma = width_px * height_px, width_px * height_px // 4
        y, u, v = memory[:luma], memory[luma : luma + chroma], memory[luma + chroma : luma + 2 * chroma]
        return cls(width_px, height_px, (y, width_px, u, width_px // 2, v, width_px // 2))

    @staticmethod
    def packed_size(width_px: int, height_px: int) -> int:
        """Bytes of such planes."""
        return width_px * height_px * 3 // 2

    def even_rectangle(self) -> Rectangle:
        """The whole picture without an odd last row or column (VP8 knows odd sizes, the kernels do not)."""
        return (0, 0, self.width_px & ~1, self.height_px & ~1)


class Picture(Pixels):
    """One picture and the frame that owns its memory."""

    __slots__ = ("frame",)

    def __init__(self, frame: av.VideoFrame) -> None:
        """Wraps a frame of format yuv420p, limited range."""
        self.frame = frame
        y, u, v = frame.planes
        planes = (memoryview(y), y.line_size, memoryview(u), u.line_size, memoryview(v), v.line_size)
        super().__init__(frame.width, frame.height, planes)

    @classmethod
    def blank(cls, width_px: int, height_px: int, luma: int = 16) -> "Picture":
        """A new grey picture (black at luma 16), writable; sizes must be even."""
        if width_px % 2 or height_px % 2 or width_px <= 0 or height_px <= 0:
            raise ValueError(f"picture size must be even: {width_px}x{height_px}")
        picture = cls(av.VideoFrame(width_px, height_px, "yuv420p"))
        picture.y[:] = luma
        picture.u[:] = 128
        picture.v[:] = 128
        return picture

    @classmethod
    def from_rgb(cls, rgb: NDArray[np.uint8]) -> "Picture":
        """A new picture of an array height x width x 3; both sizes even."""
        return cls(av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(format="yuv420p"))

    @property
    def y(self) -> Plane:
        """Luma as rows of pixels, height x width."""
        return self._rows(0, self.width_px, self.height_px)

    @property
    def u(self) -> Plane:
        """Blue-difference chroma, half the size each way, odd sizes rounded up."""
        return self._rows(2, (self.width_px + 1) // 2, (self.height_px + 1) // 2)

    @property
    def v(self) -> Plane:
        """Red-difference chroma, shaped as `u`."""
        return self._rows(4, (self.width_px + 1) // 2, (self.height_px + 1) // 2)

    def scaled(self, width_px: int, height_px: int) -> "Picture":
        """Another picture of that size by the library's area filter: slow, and nothing of ours is in it."""
        return Picture(self.frame.reformat(width_px, height_px, "yuv420p", interpolation=Interpolation.AREA))

    def save_png(self, path: Path) -> None:
        """Writes the picture as PNG."""
        self.frame.to_image().save(path, format="PNG")  # type: ignore[no-untyped-call]

    def _rows(self, index: int, width: int, height: int) -> Plane:
        plane, stride = self.planes[index], self.planes[index + 1]
        assert isinstance(plane, memoryview)
        assert isinstance(stride, int)
        return np.frombuffer(plane, np.uint8, stride * height).reshape(height, stride)[:, :width]
