"""How like two pictures are: SSIM (Wang et al. 2004) of the luma, windows of 8x8 pixels every 4, in numpy."""

import numpy as np
from numpy.typing import NDArray

_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_Sums = NDArray[np.float32]


def ssim(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Mean over all windows of two planes of one shape; 1 when equal. What is beyond a multiple of 4 is left out."""
    x, y = (_cut(plane) for plane in (a, b))
    sum_x, sum_y, count = _windows(x), _windows(y), 64
    square, product = _windows(x * x + y * y), _windows(x * y)
    means = sum_x * sum_y / count**2
    powers = (sum_x**2 + sum_y**2) / count**2
    variances = square / count - powers
    covariance = product / count - means
    index = (2 * means + _C1) * (2 * covariance + _C2) / ((powers + _C1) * (variances + _C2))
    return float(index.mean())


def _cut(plane: NDArray[np.uint8]) -> _Sums:
    height, width = plane.shape
    return plane[: height & ~3, : width & ~3].astype(np.float32)


def _windows(values: _Sums) -> _Sums:
    """Sums over 8x8 windows at every fourth row and column."""
    height, width = values.shape
    blocks = values.reshape(height // 4, 4, width // 4, 4).sum(axis=(1, 3))
    rows = blocks[:-1] + blocks[1:]
    sums: _Sums = rows[:, :-1] + rows[:, 1:]
    return sums
