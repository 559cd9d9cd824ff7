"""Picture kernels, 8-bit planar 4:2:0. A picture is three writable buffers (Y, U, V) with their strides.

All release the GIL. Sizes and offsets in pixels of the luma plane, even. Raise ValueError when a rectangle leaves its
plane.
"""

from typing_extensions import Buffer

Planes = tuple[Buffer, int, Buffer, int, Buffer, int]
"""(y, y_stride, u, u_stride, v, v_stride)"""
Rectangle = tuple[int, int, int, int]
"""(x, y, width, height)"""

class MacroblockMap:
    """Which macroblocks of a picture, 16 by 16 luma pixels each, may differ from what was there before."""

    def __init__(self, width_px: int, height_px: int) -> None:
        """All of it is marked. Raises ValueError for a side that is not in 1..16384."""

    @property
    def width_px(self) -> int: ...
    @property
    def height_px(self) -> int: ...
    @property
    def marked(self) -> bytes:
        """One byte per macroblock, row by row: 1 where it may differ."""

    def mark(self, rectangle: Rectangle) -> None:
        """Every macroblock that the rectangle touches. Raises ValueError when it leaves the picture."""

    def clear(self) -> None:
        """Nothing differs."""

def scale(source: Planes, source_rect: Rectangle, target: Planes, target_rect: Rectangle) -> None:
    """A part of the source into a part of the target: the mean of the area when shrinking, bilinear when growing."""

def copy(source: Planes, source_rect: Rectangle, target: Planes, target_x: int, target_y: int) -> None: ...
def update(
    source: Planes,
    source_rect: Rectangle,
    target: Planes,
    target_x: int,
    target_y: int,
    changed: MacroblockMap,
) -> bool:
    """Copies, and marks the target's macroblocks in which that changed anything; False when it did in none."""

def fill(target: Planes, target_rect: Rectangle, y: int, u: int, v: int) -> None: ...
def blend(
    overlay: Planes,
    alpha: Buffer,
    alpha_stride: int,
    size: tuple[int, int],
    target: Planes,
    target_x: int,
    target_y: int,
) -> None:
    """Draws an overlay with a per-luma-pixel 8-bit alpha (labels, icons)."""

def dim(target: Planes, target_rect: Rectangle, percent: int) -> None:
    """Darkens in place to `percent` of the brightness, chroma towards grey."""

def frame(target: Planes, target_rect: Rectangle, line: int, y: int, u: int, v: int) -> None:
    """Strips of `line` pixels, even, along the inner sides of the rectangle."""

def dissolve(over: Planes, target: Planes, target_rect: Rectangle, percent: int) -> None:
    """The target becomes `percent` of the same rectangle of another picture and the rest of itself."""

def psnr(a: Planes, b: Planes, size: tuple[int, int]) -> float:
    """Luma PSNR in dB; inf when equal."""
