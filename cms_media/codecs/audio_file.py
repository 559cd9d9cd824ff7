"""Reads an audio file of any common format as 48 kHz mono samples."""

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from cms_media.base.errors import ResourceError

SAMPLE_RATE_HZ = 48_000
_LONGEST_S = 600
"""Whole files are held in memory: ten minutes are 58 MB."""


def read_audio(path: Path) -> NDArray[np.int16]:
    """The first audio stream, cut after ten minutes. Raises ResourceError naming the file."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE_HZ)
    blocks: list[NDArray[np.int16]] = []
    samples = 0
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(audio=0):
                for converted in resampler.resample(frame):
                    block = converted.to_ndarray().reshape(-1).astype(np.int16)
                    blocks.append(block)
                    samples += block.size
                if samples > _LONGEST_S * SAMPLE_RATE_HZ:
                    break
    except (av.FFmpegError, IndexError, OSError) as error:
        raise ResourceError(f"{path}: {error}") from error
    if not blocks:
        raise ResourceError(f"{path}: no audio")
    return np.concatenate(blocks)
