"""Whatever range a peer sends in, what comes out of the decoder is limited-range 4:2:0."""

from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext

from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.table import Codec


def h264_of(pixel_format: str, luma: int) -> bytes:
    """A key frame of one grey."""
    context = VideoCodecContext.create("libx264", "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = 64, 64, pixel_format
    context.time_base = Fraction(1, 30)
    context.options = {"tune": "zerolatency"}
    frame = av.VideoFrame(64, 64, pixel_format)
    for plane, value in zip(frame.planes, (luma, 128, 128), strict=True):
        memoryview(plane)[:] = bytes([value]) * plane.buffer_size
    frame.pts = 0
    return b"".join(map(bytes, context.encode(frame)))


@pytest.mark.parametrize(
    ("pixel_format", "luma", "expected"),
    [
        ("yuv420p", 235, 235),
        ("yuvj420p", 255, 235),
        ("yuvj420p", 0, 16),
        ("yuv422p", 100, 100),
    ],
)
def test_luma_comes_out_in_limited_range(pixel_format: str, luma: int, expected: int) -> None:
    (picture,) = VideoDecoder(Codec.H264).decode(h264_of(pixel_format, luma))
    assert abs(float(np.mean(picture.y)) - expected) <= 2
    assert picture.u.shape == (32, 32)
